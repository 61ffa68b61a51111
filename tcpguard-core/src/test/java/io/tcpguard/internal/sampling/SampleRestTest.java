/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleRestTest {
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Verdict UP = new Verdict(true, 90, "up");
    private static final GuardSnapshot CALM = calm(100, UP);

    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(4);
    private long activity;
    private final CoarseClock clock = new CoarseClock(now, () -> now);
    private final SampleRest rest = new SampleRest(PERIOD, 0.8, clock, () -> activity, () -> now);

    @Test
    void restsOnceNothingHasHappenedForASecond() {
        samples(CALM, 900);
        assertThat(rest.due()).isFalse();

        samples(CALM, 200);
        assertThat(rest.due()).isTrue();
    }

    @Test
    void aSamplePeriodAsLongAsARestIsKeptAsItIs() {
        SampleRest none = new SampleRest(SampleRest.PERIOD, 0.8, clock, () -> activity, () -> now);
        for (int i = 0; i < 100; i++) {
            now += SampleRest.PERIOD;
            none.sampled(CALM, now);
        }
        assertThat(none.due()).isFalse();
    }

    static Stream<GuardSnapshot> somethingIsOrMayCome() {
        Capacity usual = new Capacity(1024, 100, 0, 1004);
        return Stream.of(
                of(Level.ELEVATED, usual, UP, Trend.CALM, false),
                of(Level.NORMAL, usual, new Verdict(false, 0, "held"), Trend.CALM, false),
                of(Level.NORMAL, usual, UP, new Trend(Trend.Kind.LEAK, 2, 400), false),
                of(Level.NORMAL, usual, UP, new Trend(Trend.Kind.FLOOD, 50, 10), false),
                of(Level.NORMAL, usual, UP, Trend.CALM, true),
                of(Level.NORMAL, Capacity.UNKNOWN, UP, Trend.CALM, false),
                with(new Reading.Measured(Signal.ACCEPT_QUEUE, 1, 1000), Level.NORMAL),
                with(new Reading.Measured(Signal.WORK_DELAY, 150, 500), Level.NORMAL),
                with(new Reading.Measured(Signal.DESCRIPTORS, 600, 1024), Level.NORMAL),
                with(new Reading.Measured(Signal.CONNECTIONS, 5_000, 8192), Level.NORMAL),
                with(new Reading.Measured(Signal.MEMORY, 95, 100), Level.NORMAL),
                with(new Reading.Measured(Signal.TIME_WAIT, 70, 100), Level.NORMAL),
                with(new Reading.Measured(Signal.CONNTRACK, 1, 100), Level.ELEVATED),
                with(new Reading.Unavailable(Signal.SYSTEM_FILES, Cause.OUT_OF_DESCRIPTORS, "EMFILE"), Level.NORMAL));
    }

    @ParameterizedTest
    @MethodSource("somethingIsOrMayCome")
    void samplesAtItsFullRateWhileALimitIsNearOrSomethingGrowsOrHealthIsNotUp(GuardSnapshot snapshot) {
        samples(snapshot, 5_000);

        assertThat(rest.due()).isFalse();
    }

    @Test
    void aSignalThatThisMachineDoesNotHaveKeepsNobodyAwake() {
        samples(
                with(new Reading.Unavailable(Signal.CONNTRACK, Cause.NOTHING_TO_WATCH, "no such file"), Level.NORMAL),
                2_000);
        assertThat(rest.due()).isTrue();
    }

    @Test
    void descriptorsThatComeAndGoAreNoGrowthButManyAtOnceAre() {
        samples(CALM, 2_000);
        samples(calm(104, UP), 40);
        assertThat(rest.due()).isTrue();

        samples(calm(112, UP), 40);
        assertThat(rest.due()).isFalse();
    }

    @Test
    void slowGrowthIsSeenAgainstWhereItBegan() {
        samples(CALM, 2_000);
        int used = 100;
        while (rest.due()) {
            samples(calm(++used, UP), 20);
        }
        assertThat(used).isEqualTo(109);
    }

    @Test
    void whoComesKeepsItAwakeForASecondMore() {
        samples(CALM, 2_000);
        activity++;
        samples(CALM, 20);
        assertThat(rest.due()).isFalse();

        samples(CALM, 1_000);
        assertThat(rest.due()).isTrue();
    }

    @Test
    void anotherVerdictKeepsItAwakeForASecondMore() {
        samples(CALM, 2_000);

        samples(calm(100, new Verdict(true, 80, "up")), 20);

        assertThat(rest.due()).isFalse();
    }

    @Test
    void whoCameWhileItLayDownIsSeen() {
        samples(CALM, 2_000);
        activity++;

        assertThat(rest.begin()).isFalse();
        assertThat(rest.on()).isFalse();
    }

    @Test
    void anAcceptEndsTheRestAndTheNextOneIsASecondAway() {
        samples(CALM, 2_000);
        assertThat(rest.begin()).isTrue();

        now += TimeUnit.MILLISECONDS.toNanos(130);
        rest.end();
        assertThat(rest.on()).isFalse();
        rest.over();
        samples(CALM, 20);

        assertThat(rest.due()).isFalse();
        samples(CALM, 1_000);
        assertThat(rest.due()).isTrue();
    }

    @Test
    void aRestThatEndsByItselfIsFollowedByTheNext() {
        samples(CALM, 2_000);
        assertThat(rest.begin()).isTrue();
        now += SampleRest.PERIOD;
        rest.over();
        rest.sampled(CALM, now);

        assertThat(rest.due()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noSampleIsMissedBeforeTheRestEndsByItselfOrBySomebodyWhoCame(boolean comes) {
        samples(CALM, 2_000);
        rest.begin();
        assertThat(rest.until() - now).isEqualTo(SampleRest.PERIOD);

        now += TimeUnit.MILLISECONDS.toNanos(100);
        if (comes) {
            rest.end();
        }
        assertThat(rest.until() - now).isEqualTo(comes ? 0 : SampleRest.PERIOD - TimeUnit.MILLISECONDS.toNanos(100));
    }

    private void samples(GuardSnapshot snapshot, int millis) {
        for (long end = now + TimeUnit.MILLISECONDS.toNanos(millis); now < end; ) {
            now += PERIOD;
            rest.sampled(snapshot, now);
        }
    }

    private static GuardSnapshot calm(long used, Verdict verdict) {
        return of(Level.NORMAL, new Capacity(1024, used, 0, 1004), verdict, Trend.CALM, false);
    }

    private static GuardSnapshot of(Level level, Capacity capacity, Verdict verdict, Trend trend, boolean rehearsal) {
        return snapshot(level, capacity, verdict, trend, rehearsal, null);
    }

    private static GuardSnapshot with(Reading reading, Level level) {
        return snapshot(
                Level.NORMAL,
                new Capacity(1024, 100, 0, 1004),
                UP,
                Trend.CALM,
                false,
                new SignalState("", reading, level));
    }

    private static GuardSnapshot snapshot(
            Level level,
            Capacity capacity,
            Verdict verdict,
            Trend trend,
            boolean rehearsal,
            @Nullable SignalState signal) {
        return new GuardSnapshot(
                level,
                null,
                "test",
                capacity,
                verdict,
                Admission.ADMIT,
                null,
                false,
                false,
                trend,
                List.of(),
                signal == null ? List.of() : List.of(signal),
                0,
                rehearsal);
    }
}
