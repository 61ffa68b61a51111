/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.io.Diagnostics;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.probe.TcpCounts.TimeWaitLoss;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DiagnosticsTaskTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> log = new ArrayList<>();
    private long now = -5;
    private long cost;
    private int counts;
    private long withoutPort;
    private long timeWait = 10;
    private Census sockets = census(0, 100);
    private TcpCounts counters = counters(5, 0, 0, 3, 7);
    private final DiagnosticsTask look = new DiagnosticsTask(
            budget -> {
                counts++;
                now += cost;
                return sockets;
            },
            budget -> {
                counts++;
                return new Census(sockets.sockets(), true, sockets.complete(), sockets.trouble());
            },
            () -> counters,
            () -> withoutPort,
            () -> now,
            log::add);

    @Test
    void isDueEveryTenSecondsAndNeverTwiceAtOnce() {
        assertThat(look.takeDue(now)).isTrue();
        assertThat(look.takeDue(now + 100 * SECOND)).isFalse();

        look.look(snapshot());

        assertThat(look.takeDue(now + 10 * SECOND - 1)).isFalse();
        assertThat(look.takeDue(now + 10 * SECOND)).isTrue();
    }

    @Test
    void waitsAThousandTimesWhatALookCost() {
        cost = SECOND / 20;
        look.look(snapshot());

        assertThat(look.takeDue(now + 50 * SECOND - 1)).isFalse();
        assertThat(look.takeDue(now + 50 * SECOND)).isTrue();
    }

    @Test
    void namesABuildUpOfCloseWaitWhenItIsThereTwice() {
        sockets = census(40, 100);
        look.look(snapshot());
        assertThat(look.remarks()).isEmpty();

        lookAgain();

        assertThat(look.remarks())
                .containsExactly("40 connections in CLOSE_WAIT: their peers have closed, the application does not");
        assertThat(log).isEqualTo(look.remarks());
    }

    @Test
    void saysNothingOfConnectionsThatAreJustBeingClosed() {
        sockets = census(40, 10_000);
        look.look(snapshot());
        lookAgain();
        sockets = census(31, 5);
        lookAgain();
        lookAgain();

        assertThat(look.remarks()).isEmpty();
        assertThat(log).isEmpty();
    }

    @Test
    void logsTheSameThingOnceInTenMinutesOnly() {
        sockets = census(40, 100);
        for (int i = 0; i < 50; i++) {
            lookAgain();
        }
        assertThat(log).hasSize(1);

        for (int i = 0; i < 20; i++) {
            lookAgain();
        }
        assertThat(log).hasSize(2);
    }

    @Test
    void forgetsARemarkWhenItsCauseIsGone() {
        sockets = census(40, 100);
        lookAgain();
        lookAgain();
        sockets = census(0, 100);
        lookAgain();

        assertThat(look.remarks()).isEmpty();
    }

    @Test
    void tellsTheTwoCausesOfALostTimeWaitApart() {
        timeWait = 50;
        counters = counters(15, 0, 0, 3, 7);
        lookAgain();
        assertThat(look.remarks())
                .singleElement()
                .asString()
                .contains("10 closes")
                .contains("tcp_max_tw_buckets");
        assertThat(look.background(Trend.CALM).lastLoss()).isEqualTo(TimeWaitLoss.LIMIT_REACHED);

        timeWait = 10;
        counters = counters(20, 4, 0, 3, 7);
        lookAgain();
        assertThat(look.remarks())
                .singleElement()
                .asString()
                .contains("5 closes")
                .contains("no memory");
        assertThat(look.background(Trend.CALM).lastLoss()).isEqualTo(TimeWaitLoss.MEMORY_SHORT);
    }

    @Test
    void namesManyRejectionsOfOldTimeStamps() {
        counters = counters(5, 0, 0, 3, 16);
        lookAgain();
        assertThat(look.remarks()).isEmpty();

        counters = counters(5, 0, 0, 4, 25);
        lookAgain();
        assertThat(look.remarks()).singleElement().asString().startsWith("10 segments refused for an old time stamp");
    }

    @Test
    void namesConnectsThatFoundNoLocalPort() {
        withoutPort = 3;
        lookAgain();
        assertThat(look.remarks())
                .singleElement()
                .asString()
                .startsWith("3 outgoing connects found no local port")
                .contains("net.ipv4.ip_local_port_range");
        assertThat(log).isEqualTo(look.remarks());

        lookAgain();
        assertThat(look.remarks()).isEmpty();
    }

    @Test
    void showsCountersSinceTheStartToThoseWhoAsk() {
        counters = counters(7, 0, 0, 3, -1);

        assertThat(look.background(Trend.CALM).sinceStart()).isEqualTo(counters(2, 0, 0, 0, -1));
    }

    @Test
    void countsForItselfNotForThoseWhoAsk() {
        lookAgain();
        long then = now;
        now += 3 * SECOND;

        Diagnostics seen = look.background(Trend.CALM);
        look.background(Trend.CALM);

        assertThat(counts).isEqualTo(1);
        assertThat(seen.sockets()).isEqualTo(sockets);
        assertThat(seen.socketsAtNanos()).isEqualTo(then);
    }

    @Test
    void countsHalfOpenConnectionsTooIfSomebodyAskedSinceTheLastLook() {
        lookAgain();
        assertThat(look.background(Trend.CALM).sockets().halfOpen()).isFalse();

        lookAgain();
        lookAgain();
        assertThat(look.background(Trend.CALM).sockets().halfOpen()).isFalse();

        lookAgain();
        assertThat(look.background(Trend.CALM).sockets().halfOpen()).isTrue();
    }

    @Test
    void keepsTheLastCountWhenNoDescriptorIsLeftForAnother() {
        sockets = census(3, 100);
        lookAgain();
        sockets = Census.failed("no descriptor was left");
        lookAgain();
        counters = TcpCounts.UNKNOWN;

        Diagnostics seen = look.background(Trend.CALM);
        assertThat(seen.sockets().in(TcpState.CLOSE_WAIT)).isEqualTo(3);
        assertThat(seen.sinceStart()).isEqualTo(TcpCounts.UNKNOWN);
        assertThat(look.remarks()).isEmpty();
    }

    private void lookAgain() {
        now += 10 * SECOND;
        look.look(snapshot());
    }

    private GuardSnapshot snapshot() {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "",
                Capacity.UNKNOWN,
                new Verdict(true, 100, ""),
                Admission.ADMIT,
                false,
                List.of(new SignalState("", new Reading.Measured(Signal.TIME_WAIT, timeWait, 50), Level.NORMAL)),
                0);
    }

    private static Census census(int closeWait, int established) {
        return new Census(Map.of(TcpState.CLOSE_WAIT, closeWait, TcpState.ESTABLISHED, established), false, true, "");
    }

    private static TcpCounts counters(long overflows, long aborts, long pressures, long paws, long pawsTimeWait) {
        Map<KernelCounter, Long> known = new EnumMap<>(KernelCounter.class);
        known.put(KernelCounter.TIME_WAIT_OVERFLOWS, overflows);
        known.put(KernelCounter.MEMORY_ABORTS, aborts);
        known.put(KernelCounter.MEMORY_PRESSURES, pressures);
        known.put(KernelCounter.PAWS_ESTABLISHED, paws);
        known.put(KernelCounter.PAWS_TIME_WAIT, pawsTimeWait);
        known.values().removeIf(count -> count < 0);
        return new TcpCounts(known);
    }
}
