/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.state.Trend;
import java.util.concurrent.TimeUnit;

/**
 * How long the descriptors last, and whether it is a leak or a flood. Two windows: ten seconds see a flood and a fast
 * leak, ten minutes a leak of a descriptor every few seconds, which the coming and going of connections hides from the
 * short one.
 */
final class DescriptorTrend {
    private static final long SHORT_APART = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONG_APART = TimeUnit.SECONDS.toNanos(30);

    /** A flood is called one after two points; a leak must have lasted. */
    private static final long LEAST_FOR_LEAK = TimeUnit.SECONDS.toNanos(3);

    private static final long LEAST_FOR_SLOW_LEAK = TimeUnit.MINUTES.toNanos(5);

    /** Growth by fewer is coming and going; and by less than half a percent of the limit it is no matter of seconds. */
    private static final long FEW = 8;

    private static final long SHARE = 200;

    private final Growth fast = new Growth(SHORT_APART);
    private final Growth slow = new Growth(LONG_APART);
    private Trend trend = Trend.CALM;

    /** The same object while nothing grows. */
    Trend step(long used, long own, long limit, long now) {
        boolean news = fast.step(used, own, now);
        news |= slow.step(used, own, now);
        if (news) {
            trend = judge(used, own, limit);
        }
        return trend;
    }

    Trend unknown() {
        fast.forget();
        slow.forget();
        trend = Trend.CALM;
        return trend;
    }

    private Trend judge(long used, long own, long limit) {
        long least = Math.max(FEW, limit / SHARE);
        if (fast.descriptors() >= least && fast.byConnections()) {
            return trend(Trend.Kind.FLOOD, fast.perSecond(fast.descriptors()), limit - used);
        }
        if (leaks(fast, LEAST_FOR_LEAK, least)) {
            return leak(fast, least, used, own, limit);
        }
        return leaks(slow, LEAST_FOR_SLOW_LEAK, 2 * least) ? leak(slow, 2 * least, used, own, limit) : Trend.CALM;
    }

    /**
     * In a full server the number of all stays: each descriptor that leaks is one that no client gets. If it falls, it
     * may be that what came with the clients outlives them.
     */
    private static boolean leaks(Growth growth, long leastNanos, long least) {
        return growth.spans(leastNanos)
                && growth.others() >= least
                && growth.descriptors() > -least
                && !growth.byConnections()
                && growth.steady();
    }

    private static Trend leak(Growth growth, long least, long used, long own, long limit) {
        return growth.descriptors() >= least
                ? trend(Trend.Kind.LEAK, growth.perSecond(growth.descriptors()), limit - used)
                : trend(Trend.Kind.LEAK, growth.perSecond(growth.others()), limit - used + own);
    }

    private static Trend trend(Trend.Kind kind, double perSecond, long left) {
        return new Trend(kind, perSecond, (long) (Math.max(0, left) / perSecond));
    }
}
