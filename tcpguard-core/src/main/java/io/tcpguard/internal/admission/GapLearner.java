package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Learns how long a healthy connection stays idle between two requests: the quantity that the idle floor must exceed, or
 * reclaim cuts users as fast as the flood does. Counts, for each connection that did come back, its longest gap; a chatty
 * client weighs no more than a quiet one. A connection that never comes back, as an abuser's, does not count at all.
 */
final class GapLearner {
    static final long UNTIL_LEARNED = TimeUnit.SECONDS.toNanos(10);
    /** Too few tell nothing of the one in a thousand. */
    static final int ENOUGH = 200;

    /** The floor is rounded up to it, and abnormal clients keep their places for so much longer. */
    private static final long WIDTH = TimeUnit.MILLISECONDS.toNanos(25);

    private static final int BUCKETS = 4800;
    private static final long LEAST = TimeUnit.SECONDS.toNanos(2);
    private static final double HEALTHY = 0.999;
    /** Clients' timers and networks are late now and then. */
    private static final double MARGIN = 1.03;

    private final AtomicIntegerArray longest = new AtomicIntegerArray(BUCKETS);
    private volatile long floor = UNTIL_LEARNED;
    private volatile boolean learned;
    private int forgotten;

    /**
     * A connection came back after this gap.
     *
     * @param bucketSoFar what the last call answered for this connection; -1 at first
     * @return the bucket of its longest gap, for the next call
     */
    int cameBack(int bucketSoFar, long gapNanos) {
        int bucket = (int) Math.min(BUCKETS - 1, Math.max(0, gapNanos / WIDTH));
        if (bucket <= bucketSoFar) {
            return bucketSoFar;
        }
        longest.incrementAndGet(bucket);
        if (bucketSoFar >= 0) {
            longest.decrementAndGet(bucketSoFar);
        }
        return bucket;
    }

    /** The idle floor by what is known. */
    long floorNanos() {
        return floor;
    }

    boolean learned() {
        return learned;
    }

    /** Works the floor out anew; the sampler calls it about once a second. */
    void update() {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += Math.max(0, longest.get(i));
        }
        if (total < ENOUGH) {
            return;
        }
        long allowedAbove = (long) (total * (1 - HEALTHY));
        long above = 0;
        int bucket = BUCKETS - 1;
        for (; bucket > 0; bucket--) {
            above += Math.max(0, longest.get(bucket));
            if (above > allowedAbove) {
                break;
            }
        }
        floor = Math.max(LEAST, (long) ((bucket + 1) * WIDTH * MARGIN));
        learned = true;
    }

    /** Lets the past count half. Not called while evictions hide long gaps, or the floor would sink by its own work. */
    void forget() {
        for (int i = 0; i < BUCKETS; i++) {
            int count = longest.get(i);
            // Every other single is forgotten: if none were, those out of the ordinary would outweigh the rest in the
            // end.
            longest.addAndGet(i, -((count + ((i + forgotten) & 1)) / 2));
        }
        forgotten++;
    }
}
