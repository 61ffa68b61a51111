/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.LogHandler;
import io.tcpguard.testkit.Wire;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What a load balancer and an operator see of a rehearsal. */
class RehearsalOverSocketTest {

    @Test
    void isToldWhereverSomebodyLooksAndEndsWithTheGuard() throws Exception {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            guard.rehearse(Signal.DESCRIPTORS, 1, Duration.ofMinutes(1));

            Await.until("it is told", () -> Wire.tryGet(guard.healthPort(), "/health")
                    .startsWith("HTTP/1.1 503 "));
            assertThat(Wire.tryGet(guard.healthPort(), "/health")).contains("reason: rehearsal: ");
            assertThat(Wire.tryGet(guard.healthPort(), "/details"))
                    .contains("rehearsal: nobody is in trouble")
                    .contains("level for");
            assertThat(guard.healthPage(null, false).body()).as("a stranger").contains("rehearsal of descriptors");
            Await.until("it is told", () -> Wire.tryGet(guard.healthPort(), "/incident")
                    .contains("A rehearsal: "));
            for (String path : new String[] {"/rehearse", "/endRehearsal", "/resume"}) {
                assertThat(Wire.tryGet(guard.healthPort(), path)).startsWith("HTTP/1.1 404 ");
            }
            guard.endRehearsal();
            Await.until(
                    "it is told",
                    () -> guard.snapshot().capacity().used()
                            < guard.snapshot().capacity().limit());

            guard.stop();
            assertThat(guard.snapshot().rehearsal()).isFalse();
            guard.start();
            Await.until("it is told", () -> guard.snapshot().capacity().known());
            assertThat(guard.snapshot().level()).isEqualTo(Level.NORMAL);
        }
    }

    @Test
    void isSaidToBeOverWhenTheGuardStopsMeanwhile() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new LogHandler(line -> lines.add(line.getMessage()));
        Logger log = Logger.getLogger("io.tcpguard.TcpGuard");
        log.addHandler(handler);
        try (TcpGuard guard =
                        TcpGuard.builder().set("maxConnections", "10").build().start();
                GuardedListener listener = guard.listen("http", 0, () -> true)) {
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            guard.rehearse(Signal.CONNECTIONS, 1, Duration.ofMinutes(1));
            Await.until("it is on", () -> guard.snapshot().rehearsal());

            guard.stop();
        } finally {
            log.removeHandler(handler);
        }
        assertThat(lines)
                .filteredOn(line -> line.contains("the rehearsal is over"))
                .hasSize(1);
    }

    @Test
    void playsPlacesThatAreTaken() {
        try (TcpGuard guard =
                        TcpGuard.builder().set("maxConnections", "10").build().start();
                GuardedListener listener = guard.listen("http", 0, () -> true)) {
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);

            guard.rehearse(Signal.CONNECTIONS, 1, Duration.ofMinutes(1));

            Await.until("it is full", () -> guard.snapshot().level() == Level.SHED);
            assertThat(listener.accept(null)).isNotEqualTo(Admission.ADMIT);
            guard.endRehearsal();
            Await.until("it is not", () -> listener.accept(null) == Admission.ADMIT);
        }
    }

    @Test
    void isRefusedWhileAnOperatorDrainsAndBeforeTheStart() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            assertThatThrownBy(() -> guard.rehearse(Signal.DESCRIPTORS, 0.9, Duration.ofMinutes(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("start()");
            guard.start();
            guard.drain("deploy");
            Await.until("it is told", () -> !guard.snapshot().verdict().up());

            assertThatThrownBy(() -> guard.rehearse(Signal.DESCRIPTORS, 0.9, Duration.ofMinutes(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("deploy");
        }
    }

    @Test
    void refusesNonsense() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            for (double pressure : new double[] {0, -1, 1.1, Double.NaN}) {
                assertThatThrownBy(() -> guard.rehearse(Signal.DESCRIPTORS, pressure, Duration.ofMinutes(1)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("pressure=");
            }
            for (Duration duration : new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofHours(2)}) {
                assertThatThrownBy(() -> guard.rehearse(Signal.DESCRIPTORS, 0.9, duration))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("duration=");
            }
        }
    }
}
