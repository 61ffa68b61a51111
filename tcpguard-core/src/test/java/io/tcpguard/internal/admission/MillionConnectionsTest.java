/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the guard itself costs in memory: counted by the collector, printed, and bounded. */
@Tag("long")
class MillionConnectionsTest {
    private static final int CONNECTIONS = 1_000_000;
    private static final long MOST_EACH = 200;

    private final Capacity capacity = new Capacity(
            2_000_000,
            CONNECTIONS,
            CONNECTIONS,
            2_000_000 - GuardConfig.defaults().reserve(2_000_000));
    private final AdmissionPolicy policy = new AdmissionPolicy(
            GuardConfig.defaults(),
            () -> CONNECTIONS,
            () -> new GuardSnapshot(
                    Level.NORMAL, null, "", capacity, new Verdict(true, 100, ""), Admission.ADMIT, false, List.of(), 0),
            new CoarseClock(0),
            new RefusalCounters(),
            new ResetBudget(GuardConfig.defaults(), () -> true, 0),
            0);

    @Test
    void areWorthSoManyBytesEachAndGiveThemBack() throws Exception {
        @Nullable ConnectionHandle[] handles = new ConnectionHandle[CONNECTIONS];
        InetAddress[] sources = new InetAddress[1 << 16];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = source(i);
        }
        ListenerSlots listener = policy.newListener();
        long before = usedHeap();
        for (int i = 0; i < CONNECTIONS; i++) {
            ConnectionHandle handle = policy.open(sources[i % sources.length], listener, how -> {});
            handle.touch();
            handles[i] = handle;
        }
        long after = usedHeap();
        long each = (after - before) / CONNECTIONS;
        for (long now = 0; now < TimeUnit.SECONDS.toNanos(30); now += TimeUnit.MILLISECONDS.toNanos(100)) {
            policy.sampled(capacity, Level.SHED, now);
        }
        long settled = usedHeap();
        for (int i = 0; i < CONNECTIONS; i++) {
            ConnectionHandle handle = handles[i];
            if (handle != null) {
                handle.closed();
            }
            handles[i] = null;
        }
        long left = usedHeap() - before;

        System.out.printf(
                "%d connections from %d sources: %d bytes each, %d MB in all, %d MB when settled, %d KB left%n",
                CONNECTIONS, sources.length, each, (after - before) >> 20, (settled - before) >> 20, left >> 10);
        assertThat(each).isBetween(16L, MOST_EACH);
        assertThat((settled - before) / CONNECTIONS).isLessThanOrEqualTo(MOST_EACH);
        assertThat(left).isLessThan(16L << 20);
        assertThat(handles).hasSize(CONNECTIONS);
    }

    private static InetAddress source(int i) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 1, (byte) (i >> 8), (byte) i});
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
