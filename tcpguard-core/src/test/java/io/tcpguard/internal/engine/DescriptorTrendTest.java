/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.Trend;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** In virtual time, at the sampler's pace. */
class DescriptorTrendTest {
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int LIMIT = 1024;

    private final DescriptorTrend trend = new DescriptorTrend();
    private long now = -123;
    private double seconds;

    @Test
    void isCalmWhileNothingGrows() {
        assertThat(after(60, t -> 100, t -> 50)).isSameAs(Trend.CALM);
        assertThat(Trend.CALM.sentence()).isEmpty();
    }

    @Test
    void isCalmWhileDescriptorsFall() {
        assertThat(after(20, t -> 1000 - 20 * t, t -> 900 - 20 * t)).isSameAs(Trend.CALM);
    }

    @Test
    void isCalmWhileAFewComeAndGo() {
        assertThat(after(1200, t -> 100 + 3 * Math.sin(t), t -> 50)).isSameAs(Trend.CALM);
    }

    @Test
    void callsGrowthByConnectionsAFloodWithinASecond() {
        Trend flood = after(1, t -> 100 + 200 * t, t -> 200 * t);

        assertThat(flood.kind()).isEqualTo(Trend.Kind.FLOOD);
        assertThat(flood.perSecond()).isBetween(190.0, 210.0);
        assertThat(flood.secondsLeft()).isBetween(3L, 4L);
        assertThat(flood.sentence()).contains("it is connections that grow");
    }

    /** A proxy opens a descriptor to its back end for each client: it is the clients that come. */
    @Test
    void callsItAFloodWhenEachConnectionBringsAnotherDescriptor() {
        assertThat(after(5, t -> 100 + 40 * t, t -> 20 * t).kind()).isEqualTo(Trend.Kind.FLOOD);
    }

    @Test
    void callsSteadyGrowthWithoutConnectionsALeakAndSaysHowLongItLasts() {
        Trend leak = after(10, t -> 500 + 10 * t, t -> 400);

        assertThat(leak.kind()).isEqualTo(Trend.Kind.LEAK);
        assertThat(leak.perSecond()).isBetween(9.0, 11.0);
        assertThat(leak.secondsLeft()).isBetween(40L, 45L);
        assertThat(leak.sentence())
                .isEqualTo("at this pace none is left in " + leak.secondsLeft()
                        + " s; it is not connections that grow: a leak");
    }

    @Test
    void callsItALeakThoughConnectionsLeaveMeanwhile() {
        assertThat(after(10, t -> 800 + 10 * t, t -> 700 - 5 * t).kind()).isEqualTo(Trend.Kind.LEAK);
    }

    /** Of a full server: the number of all stays where newcomers are refused. */
    @Test
    void callsItALeakThoughItOnlyTakesThePlacesOfConnections() {
        Trend leak = after(10, t -> 990, t -> 700 - 20 * t);

        assertThat(leak.kind()).isEqualTo(Trend.Kind.LEAK);
        assertThat(leak.perSecond()).isBetween(19.0, 21.0);
        assertThat(leak.secondsLeft()).as("until no client has a slot").isBetween(24L, 28L);
    }

    @Test
    void callsItNoLeakWhatCameWithClientsAndOutlivesThem() {
        assertThat(after(10, t -> 900 - 10 * t, t -> 800 - 20 * t).kind()).isNotEqualTo(Trend.Kind.LEAK);
    }

    @Test
    void neverCallsManyFilesThatAreOpenedOnceALeak() {
        after(20, t -> 100, t -> 50);
        for (int i = 0; i < 40; i++) {
            assertThat(after(0.5, t -> 300, t -> 50).kind()).isNotEqualTo(Trend.Kind.LEAK);
        }
    }

    @Test
    void seesASlowLeakUnderTheComingAndGoingOfConnections() {
        DoubleUnaryOperator clients = t -> 100 + 20 * Math.sin(t / 3);
        DoubleUnaryOperator used = t -> 100 + clients.applyAsDouble(t) + 0.5 * t;
        after(900, used, clients);
        boolean leaked = false;
        for (int i = 0; i < 60 && !leaked; i++) {
            leaked = after(1, used, clients).kind() == Trend.Kind.LEAK;
        }
        assertThat(leaked).isTrue();
    }

    @Test
    void isCalmAgainSoonAfterTheFloodEnds() {
        after(3, t -> 100 + 200 * t, t -> 200 * t);

        assertThat(after(11, t -> 700, t -> 600)).isSameAs(Trend.CALM);
    }

    @Test
    void startsAnewAfterAGap() {
        after(5, t -> 100, t -> 50);
        now += TimeUnit.HOURS.toNanos(1);

        assertThat(trend.step(900, 50, LIMIT, now)).isSameAs(Trend.CALM);
        assertThat(after(10, t -> 900, t -> 50)).isSameAs(Trend.CALM);
    }

    @Test
    void saysTheSameObjectBetweenTwoPoints() {
        Trend first = after(10.1, t -> 500 + 10 * t, t -> 400);

        assertThat(trend.step(605, 400, LIMIT, now + PERIOD)).isSameAs(first);
    }

    @Test
    void isCalmWhileNothingIsKnown() {
        after(10, t -> 500 + 10 * t, t -> 400);

        assertThat(trend.unknown()).isSameAs(Trend.CALM);
    }

    @Test
    void startsAnewAfterNothingWasKnown() {
        after(10, t -> 500 + 10 * t, t -> 400);
        trend.unknown();

        assertThat(after(0.6, t -> 900, t -> 400)).isSameAs(Trend.CALM);
    }

    @Test
    void startsAnewAfterNothingWasKnownForTheSlowLeakToo() {
        after(300, t -> 100 + t / 4, t -> 50);
        trend.unknown();

        assertThat(after(60, t -> 175, t -> 50)).isSameAs(Trend.CALM);
    }

    @Test
    void callsEightConnectionsAFloodAndSevenNot() {
        assertThat(stepsTo(107, 7)).isSameAs(Trend.CALM);
        assertThat(stepsTo(108, 8).kind()).isEqualTo(Trend.Kind.FLOOD);
    }

    private Trend stepsTo(long used, long own) {
        trend.unknown();
        trend.step(100, 0, LIMIT, now);
        now += TimeUnit.SECONDS.toNanos(1);
        return trend.step(used, own, LIMIT, now);
    }

    @Test
    void leavesNoTimeWhenTheLimitWasLoweredBelowTheUse() {
        after(5, t -> 500 + 10 * t, t -> 400);
        now += TimeUnit.SECONDS.toNanos(1);

        assertThat(trend.step(570, 400, 100, now).secondsLeft()).isZero();
    }

    private Trend after(double duration, DoubleUnaryOperator used, DoubleUnaryOperator own) {
        Trend last = Trend.CALM;
        long end = now + (long) (duration * 1e9);
        while (now - end < 0) {
            now += PERIOD;
            seconds += PERIOD / 1e9;
            last = trend.step((long) used.applyAsDouble(seconds), (long) own.applyAsDouble(seconds), LIMIT, now);
        }
        return last;
    }
}
