/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Network;
import io.tcpguard.internal.text.JsonText;
import io.tcpguard.testkit.LogHandler;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckersTest {
    private static final Logger LOG = Logger.getLogger(Checkers.class.getName());

    private final List<LogRecord> log = new ArrayList<>();
    private final Handler handler = new LogHandler(record -> log.add(record));
    /** Near the end of the range: time is compared by subtraction. */
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5);

    private final Checkers checkers = new Checkers(List.of(), () -> now);

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        checkers.listening(now);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
    }

    @Test
    void knowAnIntervalAfterThreeGaps() {
        every(2000, 3, "/health", 1);
        assertThat(checkers.observedIntervalNanos()).isZero();

        every(2000, 1, "/health", 1);
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
        assertThat(checkers.all().get(0).intervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void leaveMonitoringOutWhereADirectorChecks() {
        for (int i = 0; i < 8; i++) {
            every(2000, 20, "/health", 1);
            every(0, 1, "/details", 2);
        }

        assertThat(checkers.all()).hasSize(2);
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void shrugOffOneLateCheck() {
        every(2000, 5, "/health", 1);
        after(9000);
        every(2000, 3, "/health", 1);

        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void countABurstAsOneCheck() {
        for (int i = 0; i < 6; i++) {
            check("/health", 1);
            check("/health", 1);
            after(20);
            check("/health", 1);
            after(4980);
        }

        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void followTheFastestOfThoseStillActive() {
        every(2000, 5, "agent", 1);
        every(10_000, 5, "/health", 1);
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10));

        for (int i = 0; i < 20; i++) {
            check("/health", 1);
            every(2000, 5, "agent", 1);
        }
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(2));

        after(TimeUnit.MINUTES.toMillis(6));
        assertThat(checkers.observedIntervalNanos()).isZero();
    }

    @Test
    void areNotSlowedByAStrangerWhoPollsEvery25Seconds() {
        for (int i = 0; i < 20; i++) {
            check("/health", 9);
            every(5000, 5, "/health", 1);
        }
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void areNotHurriedBelowASecond() {
        every(150, 50, "/health", 9);
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void takeNobodyForATimerWhoComesAtHisLeisure() {
        for (int i = 0; i < 8; i++) {
            every(i % 2 == 0 ? 700 : 9000, 1, "/health", 9);
        }
        assertThat(checkers.observedIntervalNanos()).isZero();
    }

    @Test
    void goByThisMachineOnlyWhereNobodyElseAsks() {
        for (int i = 0; i < 10; i++) {
            checkers.checked(InetAddress.getLoopbackAddress(), "/health", true, 100, null, now);
            after(1000);
        }
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));

        for (int i = 0; i < 40; i++) {
            checkers.checked(InetAddress.getLoopbackAddress(), "/health", true, 100, null, now);
            every(i % 5 == 0 ? 1000 : 0, i % 5 == 0 ? 1 : 0, "/health", 1);
            after(i % 5 == 0 ? 0 : 1000);
        }
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void goByTheDirectorsOnlyWhereTheirNetworksAreSet() {
        Checkers told = new Checkers(Network.list("10.0.0.1/32"), () -> now);
        for (int i = 0; i < 40; i++) {
            told.checked(address(9), "/health", true, 100, null, now);
            if (i % 4 == 0) {
                told.checked(address(1), "/health", true, 100, null, now);
            }
            after(1000);
        }
        assertThat(told.observedIntervalNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(4));
    }

    @Test
    void boundTheInterval() {
        every(TimeUnit.MINUTES.toMillis(4), 5, "/health", 1);
        assertThat(checkers.observedIntervalNanos()).isEqualTo(TimeUnit.MINUTES.toNanos(2));
        assertThat(warnings()).singleElement().asString().contains("checks only every");
    }

    @Test
    void keepTheRegularsAndForgetPassersBy() {
        every(2000, 5, "/health", 1);
        for (int i = 0; i < 1000; i++) {
            check("/weight", 2 + i);
        }

        assertThat(checkers.all()).hasSize(Checkers.MOST);
        assertThat(checkers.all()).anyMatch(c -> c.asks().equals("/health") && c.checks() == 5);
        assertThat(checkers.all()).anyMatch(c -> c.address().equals(address(1001)));
    }

    @Test
    void keepWhoeverConnectedBeforeAnySenderOfDatagrams() {
        for (int i = 0; i < Checkers.MOST - 2; i++) {
            check("/health", 2000 + i);
        }
        for (int i = 0; i < 1000; i++) {
            checkers.datagram(address(i), true, 100, now);
            after(200);
        }

        assertThat(checkers.all()).filteredOn(c -> c.asks().equals("/health")).hasSize(Checkers.MOST - 2);
        assertThat(checkers.all()).filteredOn(c -> c.asks().equals("udp")).hasSize(2);
        assertThat(checkers.observedIntervalNanos()).isZero();
    }

    @Test
    void warnOnceWhenNobodyComes() {
        assertThat(checkers.lookForNobody(now)).isEqualTo(TimeUnit.SECONDS.toNanos(60));
        assertThat(warnings()).isEmpty();

        after(60_000);
        assertThat(checkers.lookForNobody(now)).isEqualTo(Long.MAX_VALUE);
        after(60_000);
        assertThat(checkers.lookForNobody(now)).isEqualTo(Long.MAX_VALUE);

        assertThat(warnings()).singleElement().asString().contains("No health check for 60 s");
    }

    @Test
    void sayWhoCameFirstAndThenWarnNoMore() {
        check("/health", 1);
        check("/weight", 2);
        after(120_000);

        assertThat(checkers.lookForNobody(now)).isEqualTo(Long.MAX_VALUE);
        assertThat(warnings()).isEmpty();
        assertThat(log).extracting(LogRecord::getLevel).containsExactly(Level.INFO);
    }

    @Test
    void warnOnceWhenChecksAreTooRareForHoldAndRamp() {
        every(25_000, 5, "/health", 1);
        assertThat(warnings()).isEmpty();

        every(60_000, 20, "/weight", 2);

        assertThat(warnings()).singleElement().asString().contains("checks only every 60 s", "return to service");
    }

    @Test
    void readWhatHaproxySays() {
        assertThat(HaproxyState.parse(
                        "UP 2/3; address=10.0.0.1; port=80; name=web/s1; node=lb1; weight=50/200; scur=13/22; qcur=0"))
                .isEqualTo(new HaproxyState("UP 2/3", "web/s1", "lb1", 50, 200));
    }

    @Test
    void makeNothingUpWhereHaproxySaysNonsense() {
        assertThat(HaproxyState.parse("")).isNull();
        assertThat(HaproxyState.parse("DOWN")).isEqualTo(new HaproxyState("DOWN", "", "", -1, -1));
        assertThat(HaproxyState.parse("UP;;weight=;=;weight=-1/x;name"))
                .isEqualTo(new HaproxyState("UP", "", "", -1, -1));
        assertThat(HaproxyState.parse("UP; weight=99999999999/1; name=" + "n".repeat(1000)))
                .satisfies(s -> assertThat(s.weight()).isEqualTo(-1))
                .satisfies(s -> assertThat(s.server()).hasSize(128));
    }

    @Test
    void showNothingThatATerminalOrAPageWouldObey() {
        HaproxyState said = HaproxyState.parse("UP\u001b[2J; name=<b>\u009b/s1\r; node=\u202elb; weight=1/2");

        assertThat(said).isEqualTo(new HaproxyState("UP?[2J", "?b??/s1", "?lb", 1, 2));
        assertThat(JsonText.object(json -> json.member("a", "\u007f\u009b\u2028\u001b")))
                .isEqualTo("{\"a\":\"\\u007f\\u009b\\u2028\\u001b\"}\n");
    }

    private List<String> warnings() {
        return log.stream()
                .filter(r -> r.getLevel().equals(Level.WARNING))
                .map(LogRecord::getMessage)
                .toList();
    }

    @Test
    void takeNobodyForADirectorOfLvsThatIsNoneOfTheDirectors() {
        Checkers those = new Checkers(Network.list("10.0.0.1/32"), () -> now);
        for (int i = 0; i < 8; i++) {
            those.checked(address(2), "/weight", true, 100, null, now);
            those.countsConnections(address(2), "/weight");
            those.datagram(address(3), true, 100, now);
            those.countsConnections(address(3), "udp");
            after(2000);
        }
        assertThat(those.anyCountsConnections()).isFalse();

        for (int i = 0; i < 8; i++) {
            those.datagram(address(1), true, 100, now);
            those.countsConnections(address(1), "udp");
            after(2000);
        }
        assertThat(those.anyCountsConnections()).isTrue();
    }

    private void every(long millis, int times, String asks, int host) {
        for (int i = 0; i < times; i++) {
            check(asks, host);
            after(millis);
        }
    }

    private void check(String asks, int host) {
        checkers.checked(address(host), asks, true, 100, null, now);
    }

    private void after(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static InetAddress address(int host) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (host >> 8), (byte) host});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
