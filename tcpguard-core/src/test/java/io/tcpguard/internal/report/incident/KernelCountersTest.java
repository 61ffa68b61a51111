package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class KernelCountersTest {
    @Test
    void areFoundByTheirNames() {
        assertThat(KernelCounters.in("TcpExt: Other ListenOverflows\nTcpExt: 4 3\nIpExt: ListenDrops\nIpExt: 7\n"))
                .containsOnly(Map.entry(KernelCounter.LISTEN_OVERFLOWS, 3L), Map.entry(KernelCounter.LISTEN_DROPS, 7L));
    }

    @Test
    void areNoneWhereNothingCouldBeRead() {
        assertThat(KernelCounters.in("")).isEmpty();
    }
}
