/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.state.WaitHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many connections have waited for a slot at a listener, and for how long in all. Any thread; allocates nothing.
 */
final class WaitTimes {
    private static final long[] BOUNDS = WaitHistogram.BOUNDS.stream()
            .mapToLong(seconds -> (long) (seconds * 1e9))
            .toArray();

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    /** How many waited for no longer than each bound, and longer than the one before; last those beyond all. */
    private final LongAdder[] bounded = new LongAdder[BOUNDS.length + 1];

    private final @Nullable WaitTimes whole;

    /** @param whole that these are a part of; null: none */
    WaitTimes(@Nullable WaitTimes whole) {
        this.whole = whole;
        for (int i = 0; i < bounded.length; i++) {
            bounded[i] = new LongAdder();
        }
    }

    /** One waits no more. */
    void ended(long afterNanos) {
        nanos.add(afterNanos);
        count.increment();
        int i = 0;
        while (i < BOUNDS.length && afterNanos > BOUNDS[i]) {
            i++;
        }
        bounded[i].increment();
        if (whole != null) {
            whole.ended(afterNanos);
        }
    }

    WaitHistogram histogram() {
        List<Long> within = new ArrayList<>(bounded.length);
        long sum = 0;
        for (LongAdder each : bounded) {
            sum += each.sum();
            within.add(sum);
        }
        return new WaitHistogram(within);
    }

    long count() {
        return count.sum();
    }

    Duration total() {
        return Duration.ofNanos(nanos());
    }

    long nanos() {
        return nanos.sum();
    }
}
