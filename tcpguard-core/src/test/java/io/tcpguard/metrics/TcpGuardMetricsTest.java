/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TcpGuardMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void bindsLevelWeightPressureAndShedCounts() {
        // Sockets of neighbours must not keep it at ELEVATED.
        try (TcpGuard guard = TcpGuard.builder().set("elevatedAt", "1").build().start()) {
            new TcpGuardMetrics(guard).bindTo(registry);
            guard.shed()
                    .count(
                            RefusalCounters.Stage.ACCEPT,
                            RefusalCounters.Method.RESET,
                            RefusalCounters.Reason.CONNECTIONS);

            assertThat(registry.get("tcpguard.level").gauge().value()).isZero();
            assertThat(registry.get("tcpguard.weight").gauge().value()).isEqualTo(100);
            assertThat(registry.get("tcpguard.shed")
                            .tags("stage", "accept", "method", "reset", "reason", "connections")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            // Raises the level: last of all.
            guard.connectFailed(new BindException("Cannot assign requested address"));
            assertThat(registry.get("tcpguard.connects.without.port")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            for (Signal signal : Signal.values()) {
                assertThat(registry.find("tcpguard.pressure")
                                .tag("signal", signal.name().toLowerCase(java.util.Locale.ROOT))
                                .gauge())
                        .as("%s", signal)
                        .isNotNull();
            }
        }
    }

    @Test
    void saysNaNForASignalThatIsNotKnown() {
        TcpGuard guard = TcpGuard.builder().build();
        new TcpGuardMetrics(guard).bindTo(registry);

        assertThat(registry.get("tcpguard.pressure")
                        .tag("signal", "descriptors")
                        .gauge()
                        .value())
                .isNaN();
        guard.close();
    }

    @Test
    void tellsForHowLongNewcomersMayWaitAndHowManyDo() throws IOException {
        try (TcpGuard guard = TcpGuard.builder().set("queueWait", "3s").build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            new TcpGuardMetrics(guard).bindTo(registry);

            assertThat(registry.get("tcpguard.queue.wait").timeGauge().value(TimeUnit.MILLISECONDS))
                    .isEqualTo(3_000);
            assertThat(registry.get("tcpguard.waited").functionCounter().count())
                    .isZero();
            assertThat(registry.get("tcpguard.queue.length").gauge().value()).isNaN();

            try (GuardedListener listener = guard.listen("plain", server.getLocalPort(), () -> true);
                    Socket one = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket two = new Socket(server.getInetAddress(), server.getLocalPort())) {
                assertThat(one.isConnected() && two.isConnected()).isTrue();
                Await.until(
                        () -> "two in the queue of " + listener,
                        () -> registry.get("tcpguard.queue.length").gauge().value() == 2);
            }
        }
    }

    @Test
    void countsTransitions() throws InterruptedException {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            new TcpGuardMetrics(guard).bindTo(registry);
            CountDownLatch told = new CountDownLatch(1);
            guard.onTransition(t -> told.countDown());
            guard.drain("look");
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(registry.get("tcpguard.health.transitions")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("tcpguard.level.transitions")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void keepsTwoGuardsApartInOneRegistryAndLeavesWithTheOneThatIsClosed() {
        try (TcpGuard one = TcpGuard.builder().build();
                TcpGuard two = TcpGuard.builder().build()) {
            TcpGuardMetrics first = new TcpGuardMetrics(one, Tags.of("guard", "one"));
            TcpGuardMetrics second = new TcpGuardMetrics(two, Tags.of("guard", "two"));
            first.bindTo(registry);
            second.bindTo(registry);
            two.drain("look");
            assertThat(registry.get("tcpguard.draining")
                            .tag("guard", "one")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.get("tcpguard.draining")
                            .tag("guard", "two")
                            .gauge()
                            .value())
                    .isEqualTo(1);

            first.close();

            assertThat(registry.find("tcpguard.draining").tag("guard", "one").meters())
                    .isEmpty();
            assertThat(registry.getMeters())
                    .isNotEmpty()
                    .allSatisfy(m -> assertThat(m.getId().getTag("guard")).isEqualTo("two"));
            second.close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void followsListenersFromScrapeToScrape() throws IOException {
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TcpGuardMetrics metrics = new TcpGuardMetrics(guard)) {
            metrics.bindTo(registry);
            assertThat(registry.find("tcpguard.listener.connections").meters()).isEmpty();

            try (GuardedListener listener = guard.listen("plain", server.getLocalPort(), () -> true)) {
                assertThat(listener).isNotNull();
                assertThat(registry.get("tcpguard.listeners").gauge().value()).isEqualTo(1);
                assertThat(registry.get("tcpguard.listener.wait")
                                .tag("listener", "plain")
                                .functionTimer()
                                .count())
                        .isZero();
            }
            assertThat(registry.get("tcpguard.listeners").gauge().value()).isZero();

            assertThat(registry.find("tcpguard.listener.connections").meters()).isEmpty();
        }
    }

    @Test
    void usesLowerCaseDottedNamesOnly() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            new TcpGuardMetrics(guard).bindTo(registry);
        }

        assertThat(registry.getMeters())
                .isNotEmpty()
                .allSatisfy(m -> assertThat(m.getId().getName()).matches("tcpguard(\\.[a-z]+)+"));
    }
}
