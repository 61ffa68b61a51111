/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Learns how long a healthy connection stays idle between two requests: the quantity that the minimum idle time must exceed, or
 * reclaim cuts users as fast as the flood does. Counts, for each connection that did come back, its longest gap; a chatty
 * client weighs no more than a quiet one. A connection that never comes back, as an abuser's, does not count at all.
 *
 * <p>It can't be bought. Where there are more than a handful of sources, none weighs more than the one in the middle; a
 * connection teaches nothing in its first two seconds, during which no floor would cut it; the longest gaps of fewer than two in a
 * hundred raise the floor to no more than twice what the others need; and nothing is learned while new connections are refused or take
 * others' places.
 */
final class IdleFloorEstimator {
    static final long UNTIL_LEARNED = TimeUnit.SECONDS.toNanos(10);
    /** Too few tell nothing of the one in a thousand. */
    static final int ENOUGH = 200;

    /** The floor is rounded up to it, and abnormal clients keep their places for so much longer. */
    private static final long WIDTH = TimeUnit.MILLISECONDS.toNanos(25);

    private static final int BUCKETS = 4800;
    static final long LEAST = TimeUnit.SECONDS.toNanos(2);
    private static final double HEALTHY = 0.999;

    /** So many are more than a few that want to be taken for many. */
    private static final double NEARLY_ALL = 0.98;

    private static final double EXCESS = 2;

    /** No more sources are proxies, or a test: then a connection counts as one. */
    private static final int HANDFUL = 8;

    private static final int SLOTS = 4096;

    /** Of a connection that is one too many of its source. */
    private static final int NEVER = BUCKETS;
    /** Clients' timers and networks are late now and then. */
    private static final double MARGIN = 1.03;

    private final AtomicIntegerArray longest = new AtomicIntegerArray(BUCKETS);
    /** How many connections of a source, by its hash, came back. */
    private final AtomicIntegerArray ofSource = new AtomicIntegerArray(SLOTS);

    /** And how many of them are counted in {@link #longest}. */
    private final AtomicIntegerArray counted = new AtomicIntegerArray(SLOTS);

    private final int[] sorted = new int[SLOTS];

    private volatile int mostOfOne = Integer.MAX_VALUE;
    private volatile boolean frozen;
    private boolean handful = true;
    private volatile long floor = UNTIL_LEARNED;
    private volatile boolean learned;
    private int forgotten;

    /**
     * A connection came back after this gap.
     *
     * @param source hash of the source
     * @param bucketSoFar what the last call answered for this connection; -1 at first
     * @return the bucket of its longest gap, for the next call
     */
    int cameBack(int source, int bucketSoFar, long gapNanos) {
        int bucket = (int) Math.min(BUCKETS - 1, Math.max(0, gapNanos / WIDTH));
        if (bucket <= bucketSoFar || frozen) {
            return bucketSoFar;
        }
        if (bucketSoFar >= 0) {
            longest.decrementAndGet(bucketSoFar);
        } else if (oneTooMany(source & (SLOTS - 1))) {
            return NEVER;
        }
        longest.incrementAndGet(bucket);
        return bucket;
    }

    private boolean oneTooMany(int slot) {
        ofSource.incrementAndGet(slot);
        if (counted.incrementAndGet(slot) <= mostOfOne) {
            return false;
        }
        counted.decrementAndGet(slot);
        return true;
    }

    /**
     * Whether new connections are refused or replace others: then who would have been back late is not there to tell.
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
        weigh();
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += Math.max(0, longest.get(i));
        }
        if (total < ENOUGH) {
            return;
        }
        long healthy = exceededByNoMoreThan((long) (total * (1 - HEALTHY)));
        long nearlyAll = exceededByNoMoreThan((long) (total * (1 - NEARLY_ALL)));
        floor = Math.max(LEAST, (long) (Math.min((double) healthy, EXCESS * nearlyAll) * MARGIN));
        learned = true;
    }

    /** How many connections of one source may count: as many as the source in the middle has. */
    private void weigh() {
        int sources = 0;
        for (int i = 0; i < SLOTS; i++) {
            int connections = ofSource.get(i);
            if (connections > 0) {
                sorted[sources++] = connections;
            }
        }
        boolean few = sources <= HANDFUL;
        if (handful && !few) {
            // What was learned from a few says nothing of many, among whom each has a voice.
            clear();
            mostOfOne = 1;
        } else if (few) {
            mostOfOne = Integer.MAX_VALUE;
        } else {
            Arrays.sort(sorted, 0, sources);
            mostOfOne = sorted[sources / 2];
        }
        handful = few;
    }

    private void clear() {
        for (int i = 0; i < BUCKETS; i++) {
            longest.set(i, 0);
        }
        for (int i = 0; i < SLOTS; i++) {
            ofSource.set(i, 0);
            counted.set(i, 0);
        }
    }

    private long exceededByNoMoreThan(long allowed) {
        long above = 0;
        int bucket = BUCKETS - 1;
        for (; bucket > 0; bucket--) {
            above += Math.max(0, longest.get(bucket));
            if (above > allowed) {
                break;
            }
        }
        return (bucket + 1) * WIDTH;
    }

    /** Lets the past count half. Not called while evictions hide long gaps, or the floor would sink by its own work. */
    void forget() {
        forgetHalf(longest);
        forgetHalf(ofSource);
        forgetHalf(counted);
        forgotten++;
    }

    private void forgetHalf(AtomicIntegerArray counts) {
        for (int i = 0; i < counts.length(); i++) {
            int count = counts.get(i);
            // Every other single is forgotten: if none were, those out of the ordinary would outweigh the rest in the
            // end.
            counts.addAndGet(i, -((count + ((i + forgotten) & 1)) / 2));
        }
    }
}
