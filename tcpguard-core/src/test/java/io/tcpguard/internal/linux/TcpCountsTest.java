/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.probe.TcpCounts.TimeWaitLoss;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpCountsTest {
    private static final TcpCounts BEFORE = counts(10, 5, 2);

    @Test
    void namesNoLossWhereNoneWasCounted() {
        assertThat(counts(10, 6, 3).timeWaitLossSince(BEFORE, 100, 100)).isEqualTo(TimeWaitLoss.NONE);
    }

    @Test
    void namesTheLimitWhereItIsReached() {
        assertThat(counts(11, 5, 2).timeWaitLossSince(BEFORE, 100, 100)).isEqualTo(TimeWaitLoss.LIMIT_REACHED);
        assertThat(counts(11, 6, 2).timeWaitLossSince(BEFORE, 99, 100)).isEqualTo(TimeWaitLoss.LIMIT_REACHED);
    }

    @Test
    void namesMemoryWhereTheLimitIsFarAndMemoryWasShort() {
        assertThat(counts(11, 6, 2).timeWaitLossSince(BEFORE, 20, 100)).isEqualTo(TimeWaitLoss.MEMORY_SHORT);
        assertThat(counts(11, 5, 3).timeWaitLossSince(BEFORE, 20, 100)).isEqualTo(TimeWaitLoss.MEMORY_SHORT);
    }

    @Test
    void areReadByNameAndLackWhatTheKernelLacks(@TempDir Path directory) {
        FakeProc proc = FakeProc.complete(directory);
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            assertThat(probes.counts())
                    .isEqualTo(new TcpCounts(Map.of(
                            KernelCounter.TIME_WAIT_OVERFLOWS, 5L,
                            KernelCounter.PAWS_ESTABLISHED, 2L,
                            KernelCounter.LISTEN_OVERFLOWS, 4L,
                            KernelCounter.LISTEN_DROPS, 100L,
                            KernelCounter.SYN_COOKIES, 20L)));

            proc.with("self/net/netstat", "TcpExt: torn");
            assertThat(probes.counts()).isEqualTo(TcpCounts.UNKNOWN);
        }
    }

    private static TcpCounts counts(long overflows, long aborts, long pressures) {
        return new TcpCounts(Map.of(
                KernelCounter.TIME_WAIT_OVERFLOWS, overflows,
                KernelCounter.MEMORY_ABORTS, aborts,
                KernelCounter.MEMORY_PRESSURES, pressures));
    }
}
