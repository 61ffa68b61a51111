/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Machine;
import io.tcpguard.internal.linux.NetworkTexts;
import io.tcpguard.state.Level;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The recorder on a real guard, on the live kernel. */
final class RecordedGuardTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void tellsOfADrainFromBeginningToEnd() throws InterruptedException {
        try (TcpGuard guard = TcpGuard.builder()
                .set("dwell", "10ms")
                // Sockets of neighbours must not keep it at ELEVATED.
                .set("elevatedAt", "1")
                .build()) {
            FlightRecorder recorder = new FlightRecorder(16, new NetworkTexts(new File("/proc/self/net"))::counts);
            guard.onTransition(t -> recorder.record(
                    t, System.nanoTime(), guard.shed(), guard.status().waited(), false));
            guard.start();

            guard.drain("deploy of version 7");
            await(() -> !episodes(recorder, guard).isEmpty());
            guard.resume();
            await(() -> episodes(recorder, guard).get(0).over());

            Episode episode = episodes(recorder, guard).get(0);
            assertThat(episode.peak()).isEqualTo(Level.DRAIN);
            assertThat(IncidentReport.text(
                            episode, System.nanoTime(), Instant.now(), Advisor.examine(Machine.self(List.of()))))
                    .contains("NORMAL → DRAIN")
                    .contains("health DOWN; deploy of version 7")
                    .contains("an operator or a listener");
        }
    }

    private static List<Episode> episodes(FlightRecorder recorder, TcpGuard guard) {
        return recorder.episodes(guard.snapshot(), System.nanoTime(), guard.shed(), 0, false);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(deadline - System.nanoTime())
                    .as("nanoseconds left to wait")
                    .isPositive();
            Thread.sleep(5);
        }
    }
}
