package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutgoingPortsTest {
    private static final String SNMP = "self/net/snmp";
    private static final long PORTS = 60999 - 32768 + 1;

    private final FakeProc proc;

    OutgoingPortsTest(@TempDir Path directory) {
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

    private Reading read() {
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe probe = probes.everyCounterPeriod().get(1);
            assertThat(probe.signal()).isEqualTo(Signal.EPHEMERAL_PORTS);
            return probe.read(1);
        }
    }

    private static Reading ports(long used) {
        return new Reading.Measured(Signal.EPHEMERAL_PORTS, used, PORTS);
    }
}
