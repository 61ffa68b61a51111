/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How often a guard's probe tasks are sent. Each wakes a thread, which may be some 60 µs of a processor that slept:
 * ten times a second for a few executors, but no more than a hundred times a second for all of them together, or a
 * hundred event loops would cost the better part of a processor's tenth for nothing.
 */
public final class ProbeTaskPace {
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FOR_EACH = TimeUnit.MILLISECONDS.toNanos(10);

    private final AtomicInteger tasks = new AtomicInteger();

    void joined() {
        tasks.incrementAndGet();
    }

    void left() {
        tasks.decrementAndGet();
    }

    /** Between two sendings of one probe task. */
    long everyNanos() {
        return Math.max(LEAST, tasks.get() * FOR_EACH);
    }
}
