/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPortUseTest {
    private static final String SNMP = "self/net/snmp";
    private static final long SECOND = 1_000_000_000L;
    private static final long PORTS = 60999 - 32768 + 1;

    private final FakeProc proc;

    LocalPortUseTest(@TempDir Path directory) {
        this.proc = FakeProc.complete(directory);
    }

    @Test
    void areAtMostAllSocketsOfBothFamiliesAndThoseInTimeWait() {
        assertThat(read()).isEqualTo(ports(41 + 7 + 1040));
    }

    @Test
    void areAtMostTheConnectionsEverMadeFromHereSoThatAServersClientsDoNotCount() {
        proc.with(SNMP, FakeProc.snmp(12));

        assertThat(read()).isEqualTo(ports(12));
    }

    @Test
    void areBoundedByTheSocketsAloneWhereConnectionsAreNotCounted() {
        proc.with(SNMP, "Tcp: torn");
        assertThat(read()).isEqualTo(ports(41 + 7 + 1040));

        proc.without(SNMP);
        assertThat(read()).isEqualTo(ports(41 + 7 + 1040));
    }

    @Test
    void doWithoutIpv6WhereTheKernelHasNone() {
        proc.without("self/net/sockstat6");

        assertThat(read()).isEqualTo(ports(41 + 1040));
    }

    @Test
    void areUnknownWhereTheRangeIsNone() {
        proc.with("sys/net/ipv4/ip_local_port_range", "40000\t39999\n");

        assertThat(read()).isInstanceOfSatisfying(Reading.Unavailable.class, missing -> assertThat(missing.cause())
                .isEqualTo(Cause.MALFORMED));
    }

    /** Connects ever made only grow, so while there are more of them than sockets nobody needs to look. */
    @Test
    void asksForTheConnectionsEverMadeOnceASecondAndOnlyWhileTheyAreTheLowerBound() {
        proc.with(SNMP, FakeProc.snmp(12));
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe probe = portsProbe(probes);
            assertThat(probe.read(1)).isEqualTo(ports(12));

            proc.with(SNMP, FakeProc.snmp(13));
            assertThat(probe.read(SECOND - 1)).isEqualTo(ports(12));
            assertThat(probe.read(SECOND)).isEqualTo(ports(13));

            proc.with(SNMP, FakeProc.snmp(5000));
            assertThat(probe.read(2 * SECOND)).isEqualTo(ports(41 + 7 + 1040));
            // Not true of a counter; it shows whether anybody looked.
            proc.with(SNMP, FakeProc.snmp(1));
            proc.with("self/net/sockstat6", "TCP6: inuse 3000\n");
            assertThat(probe.read(9 * SECOND)).isEqualTo(ports(41 + 3000 + 1040));
        }
    }

    @Test
    void areAllInUseForTenSecondsAfterTheApplicationSaidThatItFoundNone() {
        long[] failed = {0};
        proc.with(SNMP, FakeProc.snmp(12));
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            probes.believeOfPorts(() -> failed[0]);
            Probe probe = portsProbe(probes);
            assertThat(probe.read(SECOND)).isEqualTo(ports(12));

            failed[0] = 1;
            assertThat(probe.read(2 * SECOND)).isEqualTo(ports(PORTS));
            assertThat(probe.read(11 * SECOND)).isEqualTo(ports(PORTS));
            failed[0] = 2;
            assertThat(probe.read(12 * SECOND - 1)).isEqualTo(ports(PORTS));
            assertThat(probe.read(22 * SECOND - 2)).isEqualTo(ports(PORTS));
            assertThat(probe.read(22 * SECOND - 1)).isEqualTo(ports(12));
        }
    }

    @Test
    void areAllInUseBySuchAWordEvenWhereTheKernelsCountsCannotBeRead() {
        proc.without("self/net/sockstat");
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe probe = portsProbe(probes);
            assertThat(probe.read(1)).isInstanceOf(Reading.Unavailable.class);
            probes.believeOfPorts(() -> 1);

            assertThat(probe.read(2)).isEqualTo(ports(PORTS));
        }
    }

    private static Probe portsProbe(LinuxProbes probes) {
        return probes.everyCounterPeriod().stream()
                .filter(probe -> probe.signal() == Signal.EPHEMERAL_PORTS)
                .findFirst()
                .orElseThrow();
    }

    private Reading read() {
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe probe = portsProbe(probes);
            return probe.read(1);
        }
    }

    private static Reading ports(long used) {
        return new Reading.Measured(Signal.EPHEMERAL_PORTS, used, PORTS);
    }
}
