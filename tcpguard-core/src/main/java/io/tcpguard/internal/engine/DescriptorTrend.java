package io.tcpguard.internal.engine;

import io.tcpguard.state.Trend;
import java.util.concurrent.TimeUnit;

/**
 * Tells how long the descriptors last, and a leak from a flood. Two windows: ten seconds see a flood and a fast leak, ten minutes a leak
 * of a descriptor every few seconds, which the coming and going of connections hides from the short one.
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
            trend = judge(used, limit);
        }
        return trend;
    }

    Trend unknown() {
        fast.forget();
        slow.forget();
        trend = Trend.CALM;
        return trend;
    }

    private Trend judge(long used, long limit) {
        long least = Math.max(FEW, limit / SHARE);
        if (fast.descriptors() >= least) {
            if (fast.byConnections()) {
                return trend(Trend.Kind.FLOOD, fast, used, limit);
            }
            if (fast.spans(LEAST_FOR_LEAK) && fast.steady()) {
                return trend(Trend.Kind.LEAK, fast, used, limit);
            }
        }
        boolean leaks = slow.spans(LEAST_FOR_SLOW_LEAK)
                && slow.descriptors() >= 2 * least
                && !slow.byConnections()
                && slow.steady();
        return leaks ? trend(Trend.Kind.LEAK, slow, used, limit) : Trend.CALM;
    }

    private static Trend trend(Trend.Kind kind, Growth growth, long used, long limit) {
        double perSecond = growth.perSecond();
        return new Trend(kind, perSecond, (long) (Math.max(0, limit - used) / perSecond));
    }
}
