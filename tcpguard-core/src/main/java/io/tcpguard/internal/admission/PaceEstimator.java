/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * An estimate of the shortest pause that healthy clients make between two requests, where they make any: devices with a
 * heartbeat do, people who click don't, and then it is no more than a second, which tells nobody apart. A client that
 * comes back sooner is of another kind, and has had his turn first while slots are scarce. Requests within a second of
 * each other belong together. Learned by source, as {@link IdleFloorEstimator the idle floor is}, of sessions that
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

    /** Times are those of the last sample, so a later one makes pauses look shorter. */
    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long UNSURE_FOR = TimeUnit.SECONDS.toNanos(15);

    private volatile boolean frozen;
    private volatile boolean sure = true;
    private boolean everLate;
    private long lateAt;
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
    void sampled(long step, long now) {
        if (step > LATE) {
            everLate = true;
            lateAt = now;
        }
        boolean is = !everLate || now - lateAt > UNSURE_FOR;
        if (is != sure) {
            sure = is;
        }
    }

    /** Whether no sample was late in the last 15 seconds: else nobody is taken for hurried. */
    boolean sure() {
        return sure;
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
