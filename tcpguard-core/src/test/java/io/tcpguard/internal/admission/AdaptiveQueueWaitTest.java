/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.RefusalCounters;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdaptiveQueueWaitTest {
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(4);

    private final AdaptiveQueueWait patience = new AdaptiveQueueWait(LONGEST);

    @Test
    void isWhatWasConfiguredAtFirst() {
        assertThat(patience.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void shrinksWhileClientsAreGoneWhenTheirTurnComes() {
        second(false, 100, 2);
        second(true, 100, 60);
        long after = patience.nanos();
        assertThat(after).isLessThan(LONGEST);
        second(true, 100, 60);
        assertThat(patience.nanos()).isLessThan(after);
    }

    @Test
    void growsBackWhenTheyStay() {
        second(true, 100, 60);
        long cut = patience.nanos();
        second(true, 100, 0);
        assertThat(patience.nanos()).isGreaterThan(cut);
        for (int i = 0; i < 100; i++) {
            second(true, 100, 0);
        }
        assertThat(patience.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void mindsNothingWhereClientsAlwaysLeaveAfterOneAnswer() {
        second(false, 1000, 990);
        second(true, 1000, 1000);
        assertThat(patience.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void judgesNothingByAFew() {
        for (int i = 0; i < 10; i++) {
            second(true, 4, 4);
        }
        assertThat(patience.nanos()).isEqualTo(LONGEST);
    }

    @Test
    void neverShrinksToNothing() {
        for (int i = 0; i < 100; i++) {
            second(true, 100, 100);
        }
        assertThat(patience.nanos()).isPositive();
    }

    @Test
    void staysZeroIfNobodyMayWait() {
        AdaptiveQueueWait none = new AdaptiveQueueWait(0);
        for (int i = 0; i < 100; i++) {
            none.opened(true);
        }
        none.update();
        assertThat(none.nanos()).isZero();
    }

    @Test
    void whoCameBackIsNoneWhoLeftAtOnceThoughNothingIsLearnedMeanwhile() {
        CoarseClock clock = new CoarseClock(0);
        SourceMemory memory = new SourceMemory(clock);
        IdleFloorEstimator gaps = new IdleFloorEstimator();
        gaps.freeze(true);
        ConnectionTable table = new ConnectionTable(
                new ClientModel(
                        gaps,
                        new SilentFloorEstimator(0),
                        patience,
                        new TenureEstimator(),
                        new PaceEstimator(),
                        new SourceHistory(memory, new RefusalCounters()),
                        new ForwardedClients(memory, clock, 0),
                        clock),
                0);
        for (int i = 0; i < 100; i++) {
            ConnectionHandle session = table.open(null, true, new ListenerCounts(), how -> {});
            for (int request = 0; request < 3; request++) {
                clock.advance(TimeUnit.SECONDS.toNanos(6L * (3 * i + request + 1)));
                session.begin();
                session.end();
            }
            session.closed();
        }
        patience.update();

        assertThat(patience.nanos()).isEqualTo(LONGEST);
    }

    private void second(boolean crowded, int opened, int left) {
        for (int i = 0; i < opened; i++) {
            patience.opened(crowded);
        }
        for (int i = 0; i < left; i++) {
            patience.leftAtOnce(crowded);
        }
        patience.update();
    }
}
