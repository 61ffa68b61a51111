/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.Schedule.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The run in figures, stock beside guarded. Pure. */
final class ResultTable {
    private ResultTable() {}

    static List<String> lines(Schedule schedule, Trace stock, Trace guarded) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", stock.name(), guarded.name()));
        lines.add("  " + "-".repeat(84));
        lines.add(row("descriptors at most (limit " + stock.limit() + ")", "" + stock.peak(), "" + guarded.peak()));
        lines.add(row("\"Too many open files\" in the log", "" + stock.emfileLines(), "" + guarded.emfileLines()));
        lines.add(row("health checks failed", failed(stock), failed(guarded)));
        lines.add(row("... or answered after over " + Judge.HEALTH_MILLIS + " ms", late(stock), late(guarded)));
        lines.add(row("slowest health check", slowest(stock), slowest(guarded)));
        lines.add(row(
                "users in session before the flood",
                "" + stock.inSessionBefore(schedule.load().floodAt()),
                "" + guarded.inSessionBefore(schedule.load().floodAt())));
        lines.add(row("... in it, mean", mean(schedule, stock), mean(schedule, guarded)));
        lines.add(row(
                "... at its end",
                "" + stock.inSessionBefore(schedule.load().floodUntil()),
                "" + guarded.inSessionBefore(schedule.load().floodUntil())));
        lines.add(row("95 % of them back after", back(schedule, stock), back(schedule, guarded)));
        lines.add(row(
                "logins",
                "" + stock.last().counts().logins(),
                "" + guarded.last().counts().logins()));
        lines.add(row("login attempts failed", failures(stock), failures(guarded)));
        lines.add(row(
                "established sessions lost",
                "" + stock.last().counts().lost(),
                "" + guarded.last().counts().lost()));
        return lines;
    }

    private static String row(String label, String stock, String guarded) {
        return String.format(Locale.ROOT, "  %-36s%-26s%s", label, stock, guarded)
                .stripTrailing();
    }

    private static String failed(Trace trace) {
        return trace.checksFailed() + " of " + trace.checks().size();
    }

    private static String late(Trace trace) {
        return ""
                + trace.checks().stream()
                        .filter(c -> c.outcome() != Check.Outcome.NO_ANSWER)
                        .filter(c -> c.tookMicros() > Judge.HEALTH_MILLIS * 1000L)
                        .count();
    }

    private static String slowest(Trace trace) {
        return trace.checks().stream()
                .max(Comparator.comparingLong(Check::tookMicros))
                .map(c -> c.outcome() == Check.Outcome.NO_ANSWER ? "no answer" : c.tookMillis() + " ms")
                .orElse("none made");
    }

    private static String mean(Schedule schedule, Trace trace) {
        return "" + Math.round(trace.inSession(schedule, Phase.FLOOD));
    }

    private static String back(Schedule schedule, Trace trace) {
        OptionalLong millis = trace.recoveryMillis(schedule);
        return millis.isPresent() ? Math.round(millis.getAsLong() / 1000.0) + " s" : "not within the run";
    }

    private static String failures(Trace trace) {
        var counts = trace.last().counts();
        return counts.failures() + " (" + counts.timedOut() + " by timeout)";
    }
}
