/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.sampling.SampleRest;
import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import io.tcpguard.testkit.Snapshots;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedSnapshotTest {
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(4);
    private boolean accepting = true;
    private @Nullable Error fails;
    private final PublishedSnapshot published = new PublishedSnapshot(GuardConfig.defaults(), now);

    private void live(DownBy by, @Nullable Signal leading) {
        boolean up = by == DownBy.NOBODY;
        GuardSnapshot snapshot = new GuardSnapshot(
                up ? Level.NORMAL : Level.DRAIN,
                leading,
                "test",
                Capacity.UNKNOWN,
                new Verdict(up, up ? 70 : 0, "test", by),
                Admission.ADMIT,
                false,
                List.of(),
                now);
        SampleTurn turn = new SampleTurn(
                time -> {
                    Error e = fails;
                    if (e != null) {
                        throw e;
                    }
                },
                now);
        SignalAvailability availability = new SignalAvailability(turn, List.of(() -> accepting));
        published.seenBy(availability);
        published.publish(snapshot, now);
        published.live(true);
    }

    @Test
    void aSamplerThatRestsIsNotLateUntilItShouldHaveBeenUp() {
        SampleRest rest = new SampleRest(20_000_000L, 0.8, new CoarseClock(now, () -> now), () -> 0, () -> now);
        GuardSnapshot calm = Snapshots.calm();
        published.restsBy(rest);
        live(DownBy.NOBODY, null);
        for (int i = 0; i < 60; i++) {
            now += 20_000_000L;
            published.publish(published.snapshot(), now);
            rest.sampled(calm, now);
        }
        long slept = now;
        assertThat(rest.begin()).isTrue();

        assertThat(published.staleAt(slept + SampleRest.PERIOD + TimeUnit.MILLISECONDS.toNanos(190)))
                .isFalse();
        assertThat(published.staleAt(slept + SampleRest.PERIOD + TimeUnit.MILLISECONDS.toNanos(210)))
                .isTrue();
        // Somebody came, and still no sample was taken.
        rest.end();
        assertThat(published.staleAt(slept + TimeUnit.MILLISECONDS.toNanos(210)))
                .isTrue();
    }

    @Test
    void aLateSampleLeavesTheLastWordStanding() {
        live(DownBy.LISTENER, null);
        now += TimeUnit.MILLISECONDS.toNanos(900);

        assertThat(published.staleForHealth(now)).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void healthFailsOpenOnceNobodyCouldLookForTenSeconds() {
        fails = new LinkageError("test");
        live(DownBy.SIGNALS, Signal.DESCRIPTORS);

        assertThat(blind()).isTrue();
    }

    @Test
    void healthFailsOpenThoughTheSignalThatTookItDownIsCalmAndOnlyTheHoldIsLeft() {
        fails = new LinkageError("test");
        live(DownBy.SIGNALS, null);

        assertThat(blind()).isTrue();
    }

    @Test
    void healthFailsOpenOnceAnOperatorHasResumedAndNobodyCanLook() {
        fails = new LinkageError("test");
        live(DownBy.OPERATOR, null);
        published.drain("deploy");
        assertThat(blind()).isFalse();

        published.drain(null);
        assertThat(blind()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "DESCRIPTORS"})
    void healthNeverFailsOpenForAListenerThatDidNotServeWhicheverSignalLeads(String leading) {
        fails = new LinkageError("test");
        live(DownBy.LISTENER, leading.isEmpty() ? null : Signal.valueOf(leading));

        assertThat(blind()).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void aServerWhoseListenersDoNotSayThatTheyAcceptIsDownOnceNobodyLooks() {
        fails = new LinkageError("test");
        live(DownBy.NOBODY, null);
        accepting = false;

        assertThat(blind()).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void aServerThatIsOutOfMemoryForTenSecondsIsDown() {
        fails = new OutOfMemoryError("test");
        live(DownBy.NOBODY, null);

        assertThat(blind()).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    private boolean blind() {
        for (int i = 0; i < 101; i++) {
            now += TimeUnit.MILLISECONDS.toNanos(100);
            published.renewIfLate(now);
        }
        return published.staleForHealth(now);
    }
}
