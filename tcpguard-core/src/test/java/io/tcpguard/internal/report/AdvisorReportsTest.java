/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdvisorReportsTest {

    private static final GuardSnapshot BEFORE_LISTEN =
            snapshot(new Reading.Unavailable(Signal.ACCEPT_QUEUE, Cause.NOTHING_TO_WATCH, ""));
    private static final GuardSnapshot LISTENING = snapshot(new Reading.Measured(Signal.ACCEPT_QUEUE, 0, 100));

    @Test
    void tellsOfListenersOnceASecondAfterTheFirst() {
        AdvisorReports advisorReports = new AdvisorReports();
        assertThat(advisorReports.listenersAreNews(BEFORE_LISTEN, seconds(1))).isFalse();
        assertThat(advisorReports.listenersAreNews(LISTENING, seconds(5))).isFalse();
        assertThat(advisorReports.listenersAreNews(LISTENING, seconds(6) - 1)).isFalse();
        assertThat(advisorReports.listenersAreNews(LISTENING, seconds(6))).isTrue();
        assertThat(advisorReports.listenersAreNews(LISTENING, seconds(60))).isFalse();
    }

    @Test
    void saysNothingOfListenersThatCantBeSeen() {
        AdvisorReports advisorReports = new AdvisorReports();
        for (int i = 0; i < 100; i++) {
            assertThat(advisorReports.listenersAreNews(BEFORE_LISTEN, seconds(i)))
                    .isFalse();
        }
    }

    private static long seconds(long n) {
        return TimeUnit.SECONDS.toNanos(n);
    }

    private static GuardSnapshot snapshot(Reading queue) {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "normal",
                Capacity.UNKNOWN,
                new Verdict(true, 100, "normal"),
                Admission.ADMIT,
                false,
                List.of(
                        new SignalState("", new Reading.Measured(Signal.DESCRIPTORS, 1, 100), Level.NORMAL),
                        new SignalState("http", queue, Level.NORMAL)),
                0);
    }
}
