/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * An estimate of how long a healthy connection stays idle between two requests. The minimum idle time must exceed it,
 * or evictions cut users as fast as the flood does. Counts, for each connection that did come back, its longest gap; a
 * chatty client weighs no more than a quiet one. A connection that never comes back, as an abuser's, does not count at
 * all.
 *
 * <p>It can't be bought. Where there are more than a handful of sources, none weighs more than the one in the middle; a
 * connection teaches nothing in its first two seconds, during which no floor would cut it; the longest gaps of fewer
 * than two in a hundred raise the floor to no more than twice what the others need; and nothing is learned while new
 * connections are refused or take others' slots.
 */
final class IdleFloorEstimator {
    static final long UNTIL_LEARNED = TimeUnit.SECONDS.toNanos(10);
    /** Too few tell nothing of the one in a thousand. */
    static final int ENOUGH = 200;

    /** The floor is rounded up to it, and idle-holding clients keep their slots for so much longer. */
    private static final long WIDTH = TimeUnit.MILLISECONDS.toNanos(25);

    private static final int BUCKETS = 4800;
    static final long LEAST = TimeUnit.SECONDS.toNanos(2);
    private static final double HEALTHY = 0.999;

    /** So many are more than a few that want to be taken for many. */
    private static final double NEARLY_ALL = 0.98;

    private static final double EXCESS = 2;

    /** Clients' timers and networks are late now and then. */
    private static final double MARGIN = 1.03;

    private final SourceHistogram longest = new SourceHistogram(BUCKETS);
    private volatile boolean frozen;
    private volatile long floor = UNTIL_LEARNED;
    private volatile boolean learned;

    /**
     * A connection came back after this gap.
     *
     * @param source hash of the source
     * @param bucketSoFar what the last call answered for this connection; -1 at first
     * @return the bucket of its longest gap, for the next call
     */
    int cameBack(int source, int bucketSoFar, long gapNanos) {
        int bucket = (int) Math.min(BUCKETS - 1, Math.max(0, gapNanos / WIDTH));
        return frozen ? bucketSoFar : longest.reached(source, bucketSoFar, bucket);
    }

    /**
     * Whether new connections are refused or evict others: then who would have been back late is not there to tell.
     */
    void freeze(boolean now) {
        frozen = now;
    }

    /** The minimum idle time by what is known. */
    long floorNanos() {
        return floor;
    }

    boolean learned() {
        return learned;
    }

    /** Works the floor out anew; the sampler calls it about once a second. */
    void update() {
        if (frozen) {
            return;
        }
        longest.weigh();
        long total = longest.total();
        if (total < ENOUGH) {
            return;
        }
        long healthy = longestBut((long) (total * (1 - HEALTHY)));
        long nearlyAll = longestBut((long) (total * (1 - NEARLY_ALL)));
        floor = Math.max(LEAST, (long) (Math.min((double) healthy, EXCESS * nearlyAll) * MARGIN));
        learned = true;
    }

    private long longestBut(long exceptions) {
        return (longest.passedByNoMoreThan(exceptions) + 1) * WIDTH;
    }

    /** What it was learned from, in words. */
    String basis() {
        return longest.basis("came back") + (frozen ? "; nothing is learned while slots are scarce" : "");
    }

    /** Lets the past count half. Not called while evictions hide long gaps, or the floor would sink by its own work. */
    void forget() {
        longest.forget();
    }
}
