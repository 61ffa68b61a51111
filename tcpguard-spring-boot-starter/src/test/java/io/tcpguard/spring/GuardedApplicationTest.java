/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Await;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class GuardedApplicationTest {
    private final Example example;

    GuardedApplicationTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @Test
    void isGuardedByTheDependencyAlone() throws Exception {
        try (ConfigurableApplicationContext application = example.start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            assertThat(Web.get(Example.port(application), "/").body()).isEqualTo("hello");
            // The client keeps its connection, and the guard knows of it.
            Await.until(
                    "one connection in the books",
                    () -> guard.snapshot().capacity().own() >= 1);
            Await.until("healthy", () -> Web.get(guard.healthPort(), "/").statusCode() == 200);
            assertThat(application
                            .getBean(MeterRegistry.class)
                            .get("tcpguard.weight")
                            .gauge()
                            .value())
                    .isPositive();
        }
    }

    @Test
    void movesReadinessWithTheVerdictAndNeverLiveness() throws Exception {
        try (ConfigurableApplicationContext application = example.start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            ApplicationAvailability availability = application.getBean(ApplicationAvailability.class);
            int port = Example.port(application);
            Await.until(
                    "ready", () -> Web.get(port, "/actuator/health/readiness").statusCode() == 200);

            guard.drain("test");
            Await.until("health down", () -> Web.get(guard.healthPort(), "/").statusCode() == 503);
            Await.until(
                    "not ready",
                    () -> Web.get(port, "/actuator/health/readiness").statusCode() == 503);
            assertThat(Web.get(port, "/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);

            // The application's word alone doesn't make it ready.
            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            Await.until("still not ready", () -> availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC);

            guard.resume();
            Await.until(
                    "ready again",
                    () -> Web.get(port, "/actuator/health/readiness").statusCode() == 200);
            Await.until(
                    "health up again", () -> Web.get(guard.healthPort(), "/").statusCode() == 200);
        }
    }

    @Test
    void takesNothingBackThatTheApplicationSaidAboutItsReadiness() throws Exception {
        try (ConfigurableApplicationContext application = example.start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            ApplicationAvailability availability = application.getBean(ApplicationAvailability.class);
            Await.until("ready", () -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC);
            AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);
            guard.drain("test");
            Await.until("down", () -> !guard.snapshot().verdict().up());
            guard.resume();
            Await.until("up", () -> guard.snapshot().verdict().up());
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void hasNoTraceOfAGuardThatIsDisabled() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--tcpguard.enabled=false")) {
            // Whoever has it injected runs on.
            assertThat(application.getBean(TcpGuard.class).start().healthPort()).isEqualTo(-1);
            assertThat(application.getBeanDefinitionNames())
                    .filteredOn(name -> name.startsWith("tcpGuard"))
                    .containsExactly("tcpGuard");
            assertThat(Web.get(Example.port(application), "/").body()).isEqualTo("hello");
            assertThat(Traces.ownThreads()).isEmpty();
        }
    }

    @Test
    void endsItsConnectionsByTheirNextAnswerWhenItLeaves() throws Exception {
        ConfigurableApplicationContext application =
                example.start("--tcpguard.notice=2s", "--tcpguard.finish=PT20S", "--management.server.port=0");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Example.port(application));
                Socket operator = new Socket(InetAddress.getLoopbackAddress(), Example.managementPort(application))) {
            client.setSoTimeout(20_000);
            operator.setSoTimeout(20_000);
            assertThat(Web.headOf("/actuator", operator)).doesNotContain("connection: close");
            assertThat(Web.ask(client)).doesNotContain("connection: close");
            Thread leaving = new Thread(application::close);
            leaving.start();
            try {
                String answer = Web.ask(client);
                while (!answer.contains("connection: close")) {
                    Thread.sleep(50);
                    answer = Web.ask(client);
                }
                // One notice for all ports.
                assertThat(Web.headOf("/actuator", operator)).contains("connection: close");
                // It lets the client close first, and does not wait for ever.
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            } finally {
                leaving.join();
            }
        }
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        example.start("--tcpguard.notice=1000", "--tcpguard.finish=1s").close();
        Await.until("all threads gone", () -> Traces.ownThreads().isEmpty());
    }

    @Test
    void doesNotStartWithAWrongValue() {
        assertThatThrownBy(() -> example.start("--tcpguard.elevated-at=high", "--tcpguard.notice=soon"))
                .rootCause()
                .hasMessageContaining("tcpguard.elevated-at=high in \"tcpguard.elevated-at\" from property source "
                        + "\"commandLineArgs\" (expected: ")
                .hasMessageContaining("tcpguard.notice=soon in ");
    }

    @Test
    void takesItsSettingsHoweverTheyAreWritten() throws Exception {
        try (ConfigurableApplicationContext application = example.start(
                "--tcpguard.idleFloor=20s",
                "--tcpguard.sample_period=50ms",
                "--tcpguard.allow[0]=10.0.0.0/8",
                "--tcpguard.allow[1]=192.168.0.0/16",
                // A blank at the end of its line in a file.
                "--tcpguard.enabled=true ")) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            assertThat(guard.healthPort()).isPositive();
            var config = guard.config();
            assertThat(config.nanos(Setting.IDLE_FLOOR))
                    .isEqualTo(Duration.ofSeconds(20).toNanos());
            assertThat(config.nanos(Setting.SAMPLE_PERIOD))
                    .isEqualTo(Duration.ofMillis(50).toNanos());
            assertThat(config.networks(Setting.ALLOW)).hasSize(2);
        }
    }
}
