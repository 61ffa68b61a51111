/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * An estimate of how long healthy sessions keep their connections, from the opening to the last request. A connection
 * that has had its slot for longer while others wait ends with its next answer, so that everybody gets a turn. Learned
 * as {@link IdleFloorEstimator idle times are}: each source has a voice, not each connection, and only while nobody
 * is refused.
 *
 * <p>Open sessions count as well, by the age that they have come to, or those that last for hours would not be seen
 * before they end. Where more than two in a hundred of the open ones are older than what was learned, or sessions last
 * for more than 20 minutes, they have no bound, and nobody is asked to leave.
 */
final class TenureEstimator {
    /** Nobody is asked to leave. */
    static final long NONE = Long.MAX_VALUE;

    /** A session shorter than this is one of the many requests of a page. */
    static final long LEAST = TimeUnit.SECONDS.toNanos(2);

    private static final long LONGEST = TimeUnit.MINUTES.toNanos(20);

    private static final LogScale SCALE = new LogScale(LEAST);
    private static final int BUCKETS = SCALE.bucket(LONGEST) + 1;
    private static final double HEALTHY = 0.999;

    /** Fewer than two in a hundred raise it to no more than twice what the others need. */
    private static final double NEARLY_ALL = 0.98;

    private static final double MARGIN = 1.1;
    private static final double OLDER = 0.02;

    private final SourceHistogram sessions = new SourceHistogram(BUCKETS);
    /** Open connections by the age at their last request, whatever their source. */
    private final AtomicIntegerArray open = new AtomicIntegerArray(BUCKETS + 1);

    private volatile boolean frozen;
    private volatile long bound = NONE;

    /**
     * A connection that came back has a request at this age.
     *
     * @param age in nanoseconds, at least {@link #LEAST}
     * @return bucket of the age, for the next call
     */
    int reached(int source, int bucketSoFar, long age) {
        int bucket = Math.min(BUCKETS - 1, SCALE.bucket(age));
        if (bucket <= bucketSoFar || frozen) {
            return bucketSoFar;
        }
        int now = sessions.reached(source, bucketSoFar, bucket);
        if (bucketSoFar >= 0) {
            open.decrementAndGet(bucketSoFar);
        }
        open.incrementAndGet(now);
        return now;
    }

    /** It is closed. */
    void closed(int bucketSoFar) {
        if (bucketSoFar >= 0) {
            open.decrementAndGet(bucketSoFar);
        }
    }

    /** Whether new connections are refused or evict others: then idle-holding clients are among those that stay. */
    void freeze(boolean now) {
        frozen = now;
    }

    /** Nanoseconds from opening; {@link #NONE} if there is no bound, or too little is known. */
    long nanos() {
        return bound;
    }

    /** Works it out anew; the sampler calls it about once a second. */
    void update() {
        if (frozen) {
            return;
        }
        sessions.weigh();
        long total = sessions.total();
        if (total < IdleFloorEstimator.ENOUGH) {
            return;
        }
        int nearlyAll = sessions.passedByNoMoreThan((long) (total * (1 - NEARLY_ALL)));
        int healthy = Math.min(
                sessions.passedByNoMoreThan((long) (total * (1 - HEALTHY))), nearlyAll + LogScale.TO_A_DOUBLING);
        bound = healthy >= BUCKETS - 1 || older(healthy) ? NONE : (long) (SCALE.begin(healthy + 1) * MARGIN);
    }

    private boolean older(int healthy) {
        long all = 0;
        long older = 0;
        // Beyond the last are those that were one too many of their source: their age is not known.
        for (int i = 0; i < BUCKETS; i++) {
            int count = Math.max(0, open.get(i));
            all += count;
            older += i > healthy ? count : 0;
        }
        return older > OLDER * all;
    }

    /** Lets the past count half. */
    void forget() {
        sessions.forget();
    }

    /** The age at which the next bucket begins. */
    static long next(int bucket) {
        return SCALE.begin(bucket + 1);
    }
}
