/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * An estimate of how soon a healthy client sends its first byte. Who has sent none for longer may be evicted, so the
 * shorter that time is, the fewer slots silent clients hold. Learned as {@link IdleFloorEstimator idle times are},
 * by source and while nobody is refused. It never exceeds the time until it is learned, nor falls below half a second:
 * a lost packet is sent again after 200 ms or more, twice lost after 600.
 */
final class SilentFloorEstimator {
    static final long LEAST = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long WIDTH = TimeUnit.MILLISECONDS.toNanos(10);
    private static final double HEALTHY = 0.999;

    /** A client's network may be twice as slow for a while. */
    private static final double MARGIN = 2;

    private final long untilLearned;
    private final int buckets;
    private final SourceHistogram first;
    private volatile boolean frozen;
    private volatile long floor;

    /** @param untilLearned the longest, too */
    SilentFloorEstimator(long untilLearned) {
        this.untilLearned = untilLearned;
        buckets = (int) (untilLearned / WIDTH) + 1;
        first = new SourceHistogram(buckets);
        floor = untilLearned;
    }

    /** The first byte of a connection came so long after it was opened. */
    void came(int source, long after) {
        if (!frozen) {
            first.reached(source, -1, (int) Math.min(buckets - 1, Math.max(0, after / WIDTH)));
        }
    }

    /** Whether new connections are refused or evict others: then all is late. */
    void freeze(boolean now) {
        frozen = now;
    }

    long nanos() {
        return floor;
    }

    /** Works it out anew; the sampler calls it about once a second. */
    void update() {
        if (frozen) {
            return;
        }
        first.weigh();
        long total = first.total();
        if (total >= IdleFloorEstimator.ENOUGH) {
            long healthy = (first.passedByNoMoreThan((long) (total * (1 - HEALTHY))) + 1) * WIDTH;
            floor = Math.min(untilLearned, Math.max(LEAST, (long) (healthy * MARGIN)));
        } else if (total == 0) {
            floor = untilLearned;
        }
    }

    /** What it was learned from, in words. */
    String basis() {
        return first.basis("sent something") + (frozen ? "; nothing is learned while slots are scarce" : "");
    }

    /** Lets the past count half. */
    void forget() {
        first.forget();
    }
}
