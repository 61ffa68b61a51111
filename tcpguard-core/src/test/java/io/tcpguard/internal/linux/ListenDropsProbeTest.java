/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenDropsProbeTest {
    private static final String NETSTAT = "self/net/netstat";
    private static final String COOKIES = "sys/net/ipv4/tcp_syncookies";
    private static final long SECOND = 1_000_000_000L;

    private final FixedDescriptors descriptors = new FixedDescriptors(10, 100);
    private FakeProc proc;
    private ProcFile netstat;
    private ProcFile cookies;
    private ListenDropsProbe probe;

    @BeforeEach
    void open(@TempDir Path directory) {
        proc = FakeProc.complete(directory);
        netstat = ProcFile.whole(proc.file(NETSTAT), descriptors);
        cookies = ProcFile.whole(proc.file(COOKIES), descriptors);
        probe = new ListenDropsProbe(netstat, Sysctl.setting(cookies, 0, 1));
    }

    @AfterEach
    void close() {
        netstat.close();
        cookies.close();
    }

    @Test
    void hasNoRateAtTheFirstLook() {
        assertThat(causeOf(probe.read(0))).isEqualTo(Cause.NOTHING_TO_WATCH);
    }

    @Test
    void countsDropsAndCookiesPerSecond() {
        probe.read(0);
        proc.with(NETSTAT, FakeProc.netstat(100 + 18, 20 + 7));

        assertThat(probe.read(SECOND)).isEqualTo(drops(25));

        assertThat(probe.read(2 * SECOND)).isEqualTo(drops(0));
    }

    @Test
    void roundsUpSoThatOneDropInTenSecondsIsNotNone() {
        probe.read(0);
        proc.with(NETSTAT, FakeProc.netstat(101, 20));

        assertThat(probe.read(10 * SECOND)).isEqualTo(drops(1));
    }

    @Test
    void doesNotMakeAThousandASecondOfOneDropInAMillisecond() {
        probe.read(0);
        Reading before = probe.read(SECOND);
        proc.with(NETSTAT, FakeProc.netstat(101, 20));

        assertThat(probe.read(SECOND + 1_000_000)).isSameAs(before);
        assertThat(probe.read(2 * SECOND)).isEqualTo(drops(1));
    }

    @Test
    void leavesCookiesOutWhereEverybodyGetsOne() {
        proc.with(COOKIES, "2\n");
        probe.read(0);
        proc.with(NETSTAT, FakeProc.netstat(103, 500));

        assertThat(probe.read(SECOND)).isEqualTo(drops(3));
    }

    @Test
    void refusesACounterThatWentBackAndStartsAnew() {
        probe.read(0);
        proc.with(NETSTAT, FakeProc.netstat(99, 20));

        assertThat(causeOf(probe.read(SECOND))).isEqualTo(Cause.MALFORMED);

        proc.with(NETSTAT, FakeProc.netstat(104, 20));
        assertThat(probe.read(2 * SECOND)).isEqualTo(drops(5));
    }

    @Test
    void countsNothingAcrossAReadThatFailed() {
        probe.read(0);
        proc.with(NETSTAT, "TcpExt: torn");
        assertThat(causeOf(probe.read(SECOND))).isEqualTo(Cause.MALFORMED);
        proc.with(NETSTAT, FakeProc.netstat(9000, 20));

        assertThat(causeOf(probe.read(2 * SECOND))).isEqualTo(Cause.NOTHING_TO_WATCH);
        assertThat(probe.read(3 * SECOND)).isEqualTo(drops(0));
    }

    @Test
    void saysNotSupportedWhereAColumnIsMissing() {
        proc.with(NETSTAT, "TcpExt: SyncookiesSent\nTcpExt: 5\n");

        assertThat(causeOf(probe.read(0))).isEqualTo(Cause.NOT_SUPPORTED);
    }

    private static Reading drops(long used) {
        return new Reading.Measured(Signal.LISTEN_DROPS, used, ListenDropsProbe.CLIENTS_NOTICE);
    }

    private static Cause causeOf(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Unavailable.class);
        return ((Reading.Unavailable) reading).cause();
    }
}
