/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.testkit.LogHandler;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
    private static final Logger LOG = Logger.getLogger(DecisionLog.NAME);

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new LogHandler(line -> lines.add(line.getMessage()));
    private final DecisionLog log = new DecisionLog();
    private final InetAddress client;

    DecisionLogTest() throws UnknownHostException {
        client = InetAddress.getByName("192.0.2.7");
    }

    @BeforeEach
    void listen() {
        LOG.setLevel(Level.FINE);
        LOG.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOG.setLevel(null);
        LOG.removeHandler(handler);
    }

    @Test
    void tellsWhoWasEvictedForHowLongItWasIdleAndWhatItGot() {
        CoarseClock clock = new CoarseClock(0);
        ConnectionTable table = new ConnectionTable(
                ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, clock, new RefusalCounters()), 0);
        TrackedConnection handle = table.open(client, false, new ListenerCounts(), how -> {});
        for (int i = 0; i < 3; i++) {
            handle.begin();
            handle.end();
        }

        log.evicted(handle, Closing.ORDERLY, Reason.CONNECTIONS, millis(12_034), 0);
        log.refused(client, Admission.RESPOND, Reason.UNFAIR_SOURCE, 0);
        log.refused(null, Admission.RESET, Reason.CONNECTIONS, 0);
        log.refusedRequest(client, 0);

        assertThat(lines)
                .containsExactly(
                        "evicted 192.0.2.7 by ORDERLY: idle for 12034 ms, 3 requests served, because of CONNECTIONS",
                        "refused 192.0.2.7 by RESPOND, because of UNFAIR_SOURCE",
                        "refused one without address by RESET, because of CONNECTIONS",
                        "refused a request of 192.0.2.7, because of WORK_DELAY");
    }

    @Test
    void writesTwentyLinesASecondAndHowManyItLeftOut() {
        for (int i = 0; i < 1000; i++) {
            log.refused(client, Admission.RESET, Reason.CONNECTIONS, millis(i));
        }
        assertThat(lines).hasSize(20);
        log.refused(client, Admission.RESET, Reason.CONNECTIONS, millis(1000));

        assertThat(lines).hasSize(21);
        assertThat(lines.get(20)).endsWith("(980 lines before this one left out)");
    }

    @Test
    void allocatesNothingWhileDebugIsOff() {
        LOG.setLevel(Level.INFO);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        refuse(20_000);
        long before = threads.getCurrentThreadAllocatedBytes();
        refuse(20_000);

        // The interpreter's own, in a loop of twenty thousand.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4_096);
        assertThat(lines).isEmpty();
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            log.refused(client, Admission.RESET, Reason.CONNECTIONS, i);
        }
    }

    private static long millis(long n) {
        return TimeUnit.MILLISECONDS.toNanos(n);
    }
}
