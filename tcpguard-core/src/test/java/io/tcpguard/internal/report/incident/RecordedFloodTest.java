/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.Golden;
import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.Machine;
import io.tcpguard.advisor.SavedMachine;
import io.tcpguard.state.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The report of a flood that really happened: one run of {@code examples/lab/demo} against Tomcat, 256 descriptors, on
 * Linux 6.18, with 100 users and 220 abnormal clients for 28 s. The guarded server had a second {@link FlightRecorder}
 * on {@link io.tcpguard.TcpGuard#onTransition}; at its end it wrote its {@link Episode} to {@code
 * episode-demo-flood.txt}, unchanged but for the times, which count from the first change. The full accept queue that
 * the kernel counted is the stock server's, which ran beside it in the same network namespace.
 */
final class RecordedFloodTest {

    private static final Episode FLOOD = SavedEpisode.read("episode-demo-flood.txt");

    @Test
    void tellsTheDemosFloodInPlainWords(@TempDir Path proc) throws IOException {
        Machine server = SavedMachine.of("6.12", proc).limits(256, 256).machine(Listening.inForce("http", 8080, 100));

        String report = IncidentReport.text(
                FLOOD,
                TimeUnit.SECONDS.toNanos(40),
                Instant.parse("2026-11-22T11:20:47.434Z"),
                Advisor.examine(server));

        Golden.check(Golden.resource("incident-demo-flood.txt"), report);
    }

    @Test
    void wentUpToShedAndBackToNormalWithHealthUp() {
        assertThat(FLOOD.peak()).isEqualTo(Level.SHED);
        assertThat(FLOOD.over()).isTrue();
        assertThat(FLOOD.moments()).allMatch(m -> m.snapshot().verdict().up());
    }
}
