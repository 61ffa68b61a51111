/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * An estimate of the shortest pause that healthy clients make between two requests, where they make any: devices with a
 * heartbeat do, people who click don't, and then it is no more than a second, which tells nobody apart. A client that
 * comes back sooner is of another kind, and has had his turn first while slots are scarce. Requests within a second of
 * each other belong together. Learned by source, as {@link IdleFloorEstimator idle times are}, of sessions that
 * their clients have ended: idle-holding ones come by hundreds before anybody is refused, but don't leave.
 */
final class PaceEstimator {
    /** A shorter one is none. */
    static final long LEAST = TimeUnit.SECONDS.toNanos(1);

    private static final LogScale SCALE = new LogScale(LEAST);
    private static final int BUCKETS = SCALE.bucket(TimeUnit.MINUTES.toNanos(2)) + 1;
    private static final int ENOUGH = 500;
    private static final double HEALTHY = 0.999;

    /** Timers are early now and then, and pauses are measured to a sample. */
    private static final double MARGIN = 0.97;

    /** The later a bucket here, the shorter the pause. */
    private final SourceHistogram shortest = new SourceHistogram(BUCKETS);

    /** A sample that comes later than this was late. */
    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(15);

    private volatile boolean frozen;
    private volatile long longestStep;
    private long longestNow;
    private long longestBefore;
    private long window;
    private volatile long least;

    /**
     * A session ended well.
     *
     * @param pause its shortest one, of {@link #LEAST} at least
     */
    void finished(int source, long pause) {
        if (!frozen) {
            shortest.reached(source, -1, BUCKETS - 1 - Math.min(BUCKETS - 1, SCALE.bucket(pause)));
        }
    }

    /**
     * Whether new connections are refused or evict others: then idle-holding clients are among those that come back.
     */
    void freeze(boolean now) {
        frozen = now;
    }

    /** Healthy clients make no shorter one, in nanoseconds; 0: not known, or they do. */
    long nanos() {
        return least;
    }

    /**
     * Each sample, by the sampler.
     *
     * @param step since the last one
     */
    void sampled(long step) {
        longestNow = Math.max(longestNow, step);
        long longest = Math.max(longestNow, longestBefore);
        if (longest != longestStep) {
            longestStep = longest;
        }
        window += step;
        if (window >= WINDOW) {
            window = 0;
            longestBefore = longestNow;
            longestNow = 0;
        }
    }

    /** Whether no sample was late in the last 15 seconds at least: else times since an opening tell nothing. */
    boolean sure() {
        return longestStep <= LATE;
    }

    /**
     * Whether healthy clients make no such pause. Times are those of the last sample, and threads that answer are late
     * where the sampler is: a pause may have been longer by the longest step of the last 15 seconds.
     */
    boolean hurried(long pause) {
        return pause + longestStep < least;
    }

    /** Works it out anew; the sampler calls it about once a second. */
    void update() {
        if (frozen) {
            return;
        }
        shortest.weigh();
        long total = shortest.total();
        if (total >= ENOUGH) {
            int bucket = BUCKETS - 1 - shortest.passedByNoMoreThan((long) (total * (1 - HEALTHY)));
            least = bucket == 0 ? 0 : (long) (SCALE.begin(bucket) * MARGIN);
        }
    }

    /** Lets the past count half. */
    void forget() {
        shortest.forget();
    }
}
