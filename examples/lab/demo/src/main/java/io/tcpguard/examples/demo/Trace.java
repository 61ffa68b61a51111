/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.Schedule.Phase;
import java.util.List;
import java.util.OptionalLong;

/**
 * Everything that was seen of one server in one run.
 *
 * @param name for people
 * @param limit its descriptor limit
 * @param admissionThreshold descriptors at which the guard refuses or replaces; the same figure for the stock server,
 *     to compare
 * @param peak most descriptors seen, at ten looks a second
 * @param lastFullAt when the descriptors were last seen at the admission threshold or above; -1: never
 * @param emfileLines lines in its log that say that no descriptor was left
 * @param survived whether it still ran at the end
 */
record Trace(
        String name,
        int limit,
        int admissionThreshold,
        List<Second> seconds,
        List<Check> checks,
        int peak,
        long lastFullAt,
        long emfileLines,
        boolean survived) {

    Trace {
        seconds = List.copyOf(seconds);
        checks = List.copyOf(checks);
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("seconds=[] (expected: at least one)");
        }
    }

    Second last() {
        return seconds.get(seconds.size() - 1);
    }

    boolean ranOut() {
        return peak >= limit || emfileLines > 0;
    }

    long checksFailed() {
        return checks.stream().filter(c -> !c.up()).count();
    }

    /** Mean of the users in session in a phase. */
    double inSession(Schedule schedule, Phase phase) {
        return seconds.stream()
                .filter(s -> schedule.phase(s.at()) == phase)
                .mapToInt(s -> s.counts().inSession())
                .average()
                .orElse(0);
    }

    /** Users in session in the last second before the flood, and in its last second. */
    int inSessionBefore(long millis) {
        int last = 0;
        for (Second s : seconds) {
            if (s.at() < millis) {
                last = s.counts().inSession();
            }
        }
        return last;
    }

    /** From the flood's end until at least 95 % of the former users are in session; empty if that did not come. */
    OptionalLong recoveryMillis(Schedule schedule) {
        double enough = .95 * inSessionBefore(schedule.load().floodAt());
        return seconds.stream()
                .filter(s ->
                        s.at() >= schedule.load().floodUntil() && s.counts().inSession() >= enough)
                .mapToLong(s -> s.at() - schedule.load().floodUntil())
                .findFirst();
    }
}
