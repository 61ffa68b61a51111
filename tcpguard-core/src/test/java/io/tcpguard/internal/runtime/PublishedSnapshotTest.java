/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishedSnapshotTest {
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(4);
    private boolean accepting = true;
    private @Nullable Error fails;
    private final PublishedSnapshot published = new PublishedSnapshot(GuardConfig.defaults(), now);

    private void live(boolean up, @Nullable Signal leading) {
        GuardSnapshot snapshot = new GuardSnapshot(
                up ? Level.NORMAL : Level.DRAIN,
                leading,
                "test",
                Capacity.UNKNOWN,
                new Verdict(up, up ? 70 : 0, "test"),
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
        SignalAvailability sight = new SignalAvailability(turn);
        sight.add(() -> accepting);
        published.seenBy(sight);
        published.publish(snapshot, now);
        published.live(true);
    }

    @Test
    void aLateSampleLeavesTheLastWordStanding() {
        live(false, null);
        now += TimeUnit.MILLISECONDS.toNanos(900);

        assertThat(published.staleForHealth(now)).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void healthFailsOpenOnceNobodyCouldLookForTenSeconds() {
        fails = new LinkageError("test");
        live(false, Signal.DESCRIPTORS);

        assertThat(blind()).isTrue();
    }

    @Test
    void healthNeverFailsOpenForAListenerThatDidNotServe() {
        fails = new LinkageError("test");
        live(false, null);

        assertThat(blind()).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void aServerWhoseListenersDoNotSayThatTheyAcceptIsDownOnceNobodyLooks() {
        fails = new LinkageError("test");
        live(true, null);
        accepting = false;

        assertThat(blind()).isFalse();
        assertThat(published.told(now).verdict().up()).isFalse();
    }

    @Test
    void aServerThatIsOutOfMemoryForTenSecondsIsDown() {
        fails = new OutOfMemoryError("test");
        live(true, null);

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
