/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static io.tcpguard.spring.Traces.ownThreads;
import static io.tcpguard.spring.Traces.procFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class LifecycleTest {
    private final Example example;

    LifecycleTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @Test
    void isAfterEachStopAndStartWhatItWasAfterTheFirstStart() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext application = example.start("--tcpguard.health-port=" + health)) {
            serves(application, health);
            List<String> threads = ownThreads();
            long files = procFiles();
            for (int i = 0; i < 3; i++) {
                application.stop();
                holdsNothing(health);
                application.start();
                serves(application, health);
                assertThat(ownThreads()).isEqualTo(threads);
                assertThat(procFiles()).isEqualTo(files);
            }
        }
        Await.until("all threads gone", () -> ownThreads().isEmpty());
    }

    @Test
    void holdsNothingThatACheckpointRefuses() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext application = example.start("--tcpguard.health-port=" + health)) {
            serves(application, health);
            // What Spring does around a checkpoint (CRaC), without a JVM that can make one.
            Object lifecycle = application.getBean("lifecycleProcessor");
            call(lifecycle, "stopForRestart");
            holdsNothing(health);
            call(lifecycle, "restartAfterStop");
            serves(application, health);
        }
    }

    @Test
    void opensNothingBeforeTheLifecycleStarts() throws Exception {
        int[] files = {-1};
        assertThatThrownBy(() -> example.start(
                        Map.of(Before.class, () -> new Before(() -> files[0] = (int) procFiles())),
                        "--tcpguard.health-port=0"))
                .hasMessageContaining("enough");
        assertThat(files[0]).isZero();
        Await.until("all threads gone", () -> ownThreads().isEmpty());
    }

    @Test
    void servesOnThroughPauseAndRestart() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext application = example.start("--tcpguard.health-port=" + health)) {
            assumeTrue(has(application.getClass(), "pause"), "Spring Framework 7 pauses");
            serves(application, health);
            application.getClass().getMethod("pause").invoke(application);
            serves(application, health);
            application.getClass().getMethod("restart").invoke(application);
            serves(application, health);
        }
    }

    @Test
    void saysWhichPortIsTakenAndLeavesTheFirstContextAlone() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext first = example.start("--tcpguard.health-port=" + health)) {
            serves(first, health);
            Throwable failure = catchThrowable(() -> example.start("--tcpguard.health-port=" + health));
            FailureAnalysis analysis = Objects.requireNonNull(new GuardStartAnalyzer().analyze(failure));
            assertThat(analysis.getDescription()).contains("healthPort=" + health);
            assertThat(analysis.getAction()).contains("tcpguard.health-port").contains("another application context");
            // The second context's end ends Reactor Netty's event loops, which contexts share: that is Boot's, and then
            // health says so.
            int expected = answers(Example.port(first)) ? 200 : 503;
            Await.until("health is told on", () -> Web.get(health, "/").statusCode() == expected);
        }
    }

    @Test
    void takesAnyHealthPortInATestThatTakesAnyServerPort() throws Exception {
        int health = Wire.freePort();
        String[] fixed = {"--tcpguard.health-port=" + health};
        MapPropertySource test = new MapPropertySource("Inlined Test Properties", Map.of("server.port", "0"));
        try (ConfigurableApplicationContext first = example.start(test, fixed);
                ConfigurableApplicationContext second = example.start(test, fixed)) {
            int one = first.getBean(TcpGuard.class).healthPort();
            int two = second.getBean(TcpGuard.class).healthPort();
            assertThat(one).isPositive().isNotIn(health, two);
            assertThat(two).isPositive().isNotEqualTo(health);
            serves(first, one);
            serves(second, two);
        }
    }

    @Test
    void guardsWhereBeansAreLazy() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext application =
                example.start("--spring.main.lazy-initialization=true", "--tcpguard.health-port=" + health)) {
            serves(application, health);
            application.getBean(TcpGuard.class).drain("test");
            Await.until(
                    "not ready",
                    () -> application.getBean(ApplicationAvailability.class).getReadinessState()
                            == ReadinessState.REFUSING_TRAFFIC);
            application.getBean(TcpGuard.class).resume();
            application.stop();
            holdsNothing(health);
            application.start();
            serves(application, health);
        }
    }

    @Test
    void guardsOnWhileAnyContextUsesAGuardOfTheirParent() throws Exception {
        int health = Wire.freePort();
        try (GenericApplicationContext parent = new GenericApplicationContext()) {
            parent.registerBean(
                    TcpGuard.class, () -> TcpGuard.builder().healthPort(health).build());
            parent.refresh();
            try (ConfigurableApplicationContext last = example.startIn(parent, "--x=y")) {
                try (ConfigurableApplicationContext first = example.startIn(parent, "--x=y")) {
                    serves(first, health);
                }
                if (last.getClass().getSimpleName().contains("Reactive")) {
                    // Reactor Netty's event loops are the process's: the first context that closes ends them for all.
                    assertThat(Web.get(health, "/").statusCode()).isIn(200, 503);
                } else {
                    serves(last, health);
                }
            }
            holdsNothing(health);
        }
    }

    @Test
    void startsAgainAndAgainInOneProcessOnTheSameHealthPort() throws Exception {
        int health = Wire.freePort();
        for (int i = 0; i < 3; i++) {
            try (ConfigurableApplicationContext application = example.start("--tcpguard.health-port=" + health)) {
                serves(application, health);
            }
            holdsNothing(health);
            Await.until("all threads gone", () -> ownThreads().isEmpty());
        }
    }

    @Test
    void givesAnInertGuardToWhomeverWantsOneWhereItIsDisabled() throws Exception {
        int health = Wire.freePort();
        try (ConfigurableApplicationContext application = example.start(
                Map.of(Wanting.class, Wanting::new), "--tcpguard.enabled=false", "--tcpguard.health-port=" + health)) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            assertThat(guard.start().healthPort()).isEqualTo(-1);
            assertThat(guard.admit()).isEqualTo(Admission.ADMIT);
            assertThatCode(() -> guard.watchWork("x", Runnable::run).close()).doesNotThrowAnyException();
            assertThat(Web.get(Example.port(application), "/").body()).isEqualTo("hello");
            holdsNothing(health);
            Await.until("all threads gone", () -> ownThreads().isEmpty());
        }
    }

    /** Up, ready, keeps connections, watches its port. */
    private static void serves(ConfigurableApplicationContext application, int health) throws Exception {
        TcpGuard guard = application.getBean(TcpGuard.class);
        Await.until("healthy", () -> Web.get(health, "/").statusCode() == 200);
        assertThat(guard.healthPort()).isEqualTo(health);
        ApplicationAvailability availability = application.getBean(ApplicationAvailability.class);
        Await.until("ready", () -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC);
        int port = Example.port(application);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(20_000);
            assertThat(Web.ask(client)).doesNotContain("connection: close");
            assertThat(Web.ask(client)).doesNotContain("connection: close");
            Await.until(
                    "the connection in the books",
                    () -> guard.snapshot().capacity().own() >= 1);
        }
        assertThat(guard.snapshot().signals())
                .anyMatch(signal -> signal.reading().signal() == Signal.ACCEPT_QUEUE);
    }

    private static void holdsNothing(int health) throws Exception {
        assertThatThrownBy(() -> {
                    try (Socket client = new Socket()) {
                        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), health), 5000);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(procFiles()).isZero();
        assertThat(ownThreads())
                .filteredOn(name -> !name.equals("tcpguard-readiness"))
                .isEmpty();
    }

    private static boolean answers(int port) throws Exception {
        try {
            return Web.get(port, "/").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean has(Class<?> type, String method) {
        for (Method m : type.getMethods()) {
            if (m.getName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    private static void call(Object on, String name) throws ReflectiveOperationException {
        Method method = DefaultLifecycleProcessor.class.getDeclaredMethod(name);
        method.setAccessible(true);
        method.invoke(on);
    }

    /** A bean of the application's that wants the guard. */
    static final class Wanting {
        @Autowired
        @SuppressWarnings("UnusedVariable") // that it is there is what counts
        private TcpGuard guard;
    }

    /** Looks, and has had enough, as a checkpoint on refresh does. */
    record Before(Runnable look) implements SmartInitializingSingleton {
        @Override
        public void afterSingletonsInstantiated() {
            look.run();
            throw new IllegalStateException("enough");
        }
    }
}
