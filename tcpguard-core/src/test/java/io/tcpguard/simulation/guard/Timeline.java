/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * What happens when, in virtual nanoseconds. May be run on from within an event: whoever does so is preempted
 * meanwhile.
 */
final class Timeline {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000_000_000L;

    private record Event(long at, long order, Runnable what) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long order;

    long now() {
        return now;
    }

    void after(long nanos, Runnable what) {
        events.add(new Event(now + Math.max(0, nanos), order++, what));
    }

    void runUntil(long end) {
        for (Event next = events.peek(); next != null && next.at() <= end; next = events.peek()) {
            events.remove();
            now = Math.max(now, next.at());
            next.what().run();
        }
        now = Math.max(now, end);
    }
}
