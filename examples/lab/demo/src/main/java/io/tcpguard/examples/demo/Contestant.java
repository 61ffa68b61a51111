/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.load.Counts;
import io.tcpguard.examples.demo.load.Load;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One of the two servers while the run lasts: gathers what is seen of it. Only the run's thread touches it. */
final class Contestant {
    private final String name;
    private final ChildServer child;
    private final HealthChecker checker;
    private final int limit;
    private final int admissionThreshold;
    private final List<Second> seconds = new ArrayList<>();
    private int descriptors;
    private int peak;
    private long lastFullAt = -1;

    Contestant(String name, ChildServer child, HealthChecker checker, int limit) {
        this.name = name;
        this.child = child;
        this.checker = checker;
        this.limit = limit;
        // The guard's default reserve; the demo runs without the library, which is in its children only.
        this.admissionThreshold = limit - Math.max(20, (limit * 2 + 99) / 100);
    }

    /** Counts its descriptors: to be called several times a second, or peaks are missed. */
    void look(long at) {
        descriptors = child.descriptors();
        peak = Math.max(peak, descriptors);
        if (descriptors >= admissionThreshold) {
            lastFullAt = at;
        }
    }

    /** Closes a second. */
    Second second(long at, Load load, int number) {
        List<Check> checks = checker.checks();
        Counts before = seconds.isEmpty()
                ? Counts.NONE
                : seconds.get(seconds.size() - 1).counts();
        Check last = checks.isEmpty() ? null : checks.get(checks.size() - 1);
        // A check is under way for longer than it should take: that is news too.
        long silent = at - (last == null ? 0 : last.at() + last.tookMillis());
        boolean waiting = silent > HealthChecker.PERIOD_MILLIS + 400;
        String health;
        if (last == null || waiting) {
            health = "no answer";
        } else {
            health = switch (last.outcome()) {
                case UP -> "up, " + last.tookMillis() + " ms";
                case DOWN -> "DOWN";
                case NO_ANSWER -> "no answer";
            };
        }
        Second second = new Second(
                at,
                descriptors,
                last == null ? "-" : last.level(),
                health,
                last != null && last.up() && !waiting,
                load.counts(number),
                before);
        seconds.add(second);
        return second;
    }

    Trace trace() throws IOException {
        return new Trace(
                name,
                limit,
                admissionThreshold,
                seconds,
                checker.checks(),
                peak,
                lastFullAt,
                child.emfileLines(),
                child.alive());
    }
}
