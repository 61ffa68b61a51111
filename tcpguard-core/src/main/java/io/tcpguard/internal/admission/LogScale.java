/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/**
 * Buckets for times, 16 to each doubling, so that a time is known to 6 %.
 *
 * @param leastNanos where the first one begins
 */
record LogScale(long leastNanos) {
    /** Buckets to each doubling of the time. */
    static final int TO_A_DOUBLING = 16;

    private static final int STEPS = TO_A_DOUBLING;
    private static final int OCTAVE = 4;

    /** The bucket of a time; 0 for shorter ones than the least. */
    int bucket(long nanos) {
        long units = nanos / unit();
        if (units < STEPS) {
            return 0;
        }
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(units);
        // The four bits after the first one.
        return (octave - OCTAVE) * STEPS + ((int) (units >>> (octave - OCTAVE)) & (STEPS - 1));
    }

    /** Where a bucket begins, and the one before it ends. */
    long begin(int bucket) {
        return ((long) (STEPS + bucket % STEPS) << (bucket / STEPS)) * unit();
    }

    private long unit() {
        return leastNanos / STEPS;
    }
}
