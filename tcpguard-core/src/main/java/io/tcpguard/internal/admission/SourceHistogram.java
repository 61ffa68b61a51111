/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The largest value of each connection, as far as it has come, in buckets. Where there are more than a handful of
 * sources, none weighs more than the one in the middle, so that a few can't pass for many. Counting takes no lock and
 * allocates nothing; the rest is the sampler's.
 */
final class SourceHistogram {
    /** No more sources are proxies, or a test: then a connection counts as one. */
    private static final int HANDFUL = 8;

    private static final int SLOTS = 4096;

    private final int buckets;
    private final AtomicIntegerArray largest;
    /** How many connections of a source, by its hash, are known. */
    private final AtomicIntegerArray ofSource = new AtomicIntegerArray(SLOTS);

    /** And how many of them are counted in {@link #largest}. */
    private final AtomicIntegerArray counted = new AtomicIntegerArray(SLOTS);

    private final int[] sorted = new int[SLOTS];

    private volatile int mostOfOne = Integer.MAX_VALUE;
    private volatile int sources;
    private boolean handful = true;

    /** More than a handful were seen, and not all of them are forgotten. */
    private boolean many;

    private int forgotten;

    SourceHistogram(int buckets) {
        this.buckets = buckets;
        this.largest = new AtomicIntegerArray(buckets);
    }

    /**
     * A connection came to this bucket.
     *
     * @param source hash of the source
     * @param bucketSoFar what the last call answered for this connection; -1 at first
     * @return the bucket for the next call; beyond the last one if this connection is one too many of its source
     */
    int reached(int source, int bucketSoFar, int bucket) {
        if (bucket <= bucketSoFar) {
            return bucketSoFar;
        }
        if (bucketSoFar >= 0) {
            largest.decrementAndGet(bucketSoFar);
        } else if (oneTooMany(source & (SLOTS - 1))) {
            return buckets;
        }
        largest.incrementAndGet(bucket);
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

    /** How many count, of how many sources, in words. */
    String basis(String did) {
        return total() + " connections that " + did + ", of " + sources + (sources < SLOTS ? "" : " or more")
                + " sources" + (mostOfOne == Integer.MAX_VALUE ? "" : ", " + mostOfOne + " of each at most");
    }

    /** Connections that count. */
    long total() {
        long total = 0;
        for (int i = 0; i < buckets; i++) {
            total += Math.max(0, largest.get(i));
        }
        return total;
    }

    /** The smallest bucket that no more than so many connections have passed. */
    int passedByNoMoreThan(long allowed) {
        long above = 0;
        int bucket = buckets - 1;
        for (; bucket > 0; bucket--) {
            above += Math.max(0, largest.get(bucket));
            if (above > allowed) {
                break;
            }
        }
        return bucket;
    }

    /** Works out how many connections of one source may count: as many as the source in the middle has. */
    void weigh() {
        int seen = 0;
        for (int i = 0; i < SLOTS; i++) {
            int connections = ofSource.get(i);
            if (connections > 0) {
                sorted[seen++] = connections;
            }
        }
        sources = seen;
        boolean few = seen <= HANDFUL && !many;
        if (handful && !few) {
            // What was learned from a few says nothing of many, among whom each has a voice.
            clear();
            many = true;
            mostOfOne = 1;
        } else if (few) {
            mostOfOne = Integer.MAX_VALUE;
        } else {
            Arrays.sort(sorted, 0, seen);
            mostOfOne = seen == 0 ? 1 : sorted[seen / 2];
        }
        handful = few;
    }

    private void clear() {
        for (int i = 0; i < buckets; i++) {
            largest.set(i, 0);
        }
        for (int i = 0; i < SLOTS; i++) {
            ofSource.set(i, 0);
            counted.set(i, 0);
        }
    }

    /** Lets the past count half. */
    void forget() {
        forgetHalf(largest);
        forgetHalf(ofSource);
        forgetHalf(counted);
        forgotten++;
        many = sources > HANDFUL;
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
