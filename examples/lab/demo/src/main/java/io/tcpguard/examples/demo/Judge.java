/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.Check.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Holds what was seen of the guarded server against what the guard promises. Pure. */
final class Judge {
    static final int HEALTH_MILLIS = 100;
    static final int RELIEF_MILLIS = 10_000;

    private Judge() {}

    static List<Promise> judge(Schedule schedule, Trace stock, Trace guarded) {
        return List.of(
                flood(stock), descriptors(guarded), health(guarded), sessions(guarded), relief(schedule, guarded));
    }

    static boolean allKept(List<Promise> promises) {
        return promises.stream().allMatch(Promise::kept);
    }

    /** Not the guard's promise but the demo's: a flood that a stock server stands proves nothing. */
    private static Promise flood(Trace stock) {
        return new Promise(
                "the flood is real: it takes all descriptors of the stock server",
                stock.ranOut(),
                "peak " + stock.peak() + " of " + stock.limit() + ", \"Too many open files\" " + stock.emfileLines()
                        + " times in its log");
    }

    private static Promise descriptors(Trace guarded) {
        return new Promise(
                "never out of descriptors",
                guarded.survived() && !guarded.ranOut(),
                "peak " + guarded.peak() + " of " + guarded.limit() + ", \"Too many open files\" "
                        + guarded.emfileLines() + " times in its log" + (guarded.survived() ? "" : "; it died"));
    }

    private static Promise health(Trace guarded) {
        String text = "health says UP to every check, within " + HEALTH_MILLIS + " ms";
        Optional<Check> slowest = guarded.checks().stream().max(Comparator.comparingLong(Check::tookMicros));
        if (slowest.isEmpty()) {
            return new Promise(text, false, "no check was made");
        }
        List<Check> bad = guarded.checks().stream().filter(c -> !goodEnough(c)).toList();
        if (bad.isEmpty()) {
            return new Promise(
                    text,
                    true,
                    guarded.checks().size() + " checks, the slowest took "
                            + millis(slowest.get().tookMicros()));
        }
        Check worst =
                bad.stream().max(Comparator.comparingLong(Check::tookMicros)).orElseThrow();
        String evidence = bad.size() + " of " + guarded.checks().size() + " checks were late or not UP; at "
                + worst.at() / 1000 + " s: " + worst.outcome() + " after " + millis(worst.tookMicros());
        // Said, not excused: the run does not show what it should, and can be repeated on a quieter machine.
        if (worst.controlMicros() >= worst.tookMicros() / 2) {
            evidence += ", while a byte within this process took " + millis(worst.controlMicros())
                    + " over loopback: the machine stood still";
        }
        return new Promise(text, false, evidence);
    }

    private static boolean goodEnough(Check check) {
        return check.outcome() == Outcome.UP && check.tookMicros() <= HEALTH_MILLIS * 1000L;
    }

    private static Promise sessions(Trace guarded) {
        long lost = guarded.last().counts().lost();
        return new Promise(
                "no established session lost",
                lost == 0,
                lost + " lost, " + guarded.last().counts().heartbeats() + " heartbeats answered");
    }

    private static Promise relief(Schedule schedule, Trace guarded) {
        long after = guarded.lastFullAt() - schedule.load().floodUntil();
        return new Promise(
                "below the admission threshold again within " + RELIEF_MILLIS / 1000 + " s of the flood's end",
                after <= RELIEF_MILLIS,
                after <= 0
                        ? "below " + guarded.admissionThreshold() + " descriptors since the flood ended"
                        : "last at " + guarded.admissionThreshold() + " descriptors or above "
                                + String.format(Locale.ROOT, "%.1f s after it", after / 1000.0));
    }

    private static String millis(long micros) {
        return micros < 10_000
                ? String.format(Locale.ROOT, "%.1f ms", micros / 1000.0)
                : String.format(Locale.ROOT, "%d ms", micros / 1000);
    }
}
