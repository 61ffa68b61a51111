/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * For how long new connections may wait in the accept queue: as configured, or less where clients give up earlier.
 * Who gave up in the queue is not seen there: its connection is accepted, its request answered, and then it turns out
 * that nobody is there. So the share of connections that close right after their first answer is compared between
 * crowded times and calm ones, when it is just the way of these clients. If it is clearly larger, waiting is cut by a
 * third; while it is not, it grows by 2 % a second.
 */
final class AdaptiveQueueWait {
    /** After the answer: later than any round trip back from a closed socket, before a person's next click. */
    static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(300);

    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ENOUGH = 50;
    private static final double CLEARLY_MORE = 0.2;
    private static final double CUT = 2.0 / 3;
    private static final double GROWTH = 1.02;
    private static final double PAST_COUNTS = 0.98;

    private final long longest;
    private final Tally calm = new Tally();
    private final Tally crowded = new Tally();
    private volatile long nanos;

    /** @param longest as configured; 0: nobody waits */
    AdaptiveQueueWait(long longest) {
        this.longest = longest;
        this.nanos = longest;
    }

    /** Any thread, without a lock. */
    long nanos() {
        return nanos;
    }

    void opened(boolean inACrowd) {
        (inACrowd ? crowded : calm).opened.increment();
    }

    /** A connection closed right after its first answer. */
    void leftAtOnce(boolean inACrowd) {
        (inACrowd ? crowded : calm).left.increment();
    }

    /** Once a second, by the sampler. */
    void update() {
        calm.take();
        crowded.take();
        if (crowded.all >= ENOUGH) {
            double more = crowded.share() - calm.share();
            nanos = more > CLEARLY_MORE
                    ? Math.min(nanos, Math.max(LEAST, (long) (nanos * CUT)))
                    : Math.min(longest, (long) (nanos * GROWTH));
            crowded.forget(0);
        }
        if (calm.all >= ENOUGH) {
            calm.forget(PAST_COUNTS);
        }
    }

    private static final class Tally {
        final LongAdder opened = new LongAdder();
        final LongAdder left = new LongAdder();
        double all;
        double gone;

        void take() {
            all += opened.sumThenReset();
            gone += left.sumThenReset();
        }

        double share() {
            return all == 0 ? 0 : gone / all;
        }

        void forget(double keep) {
            all *= keep;
            gone *= keep;
        }
    }
}
