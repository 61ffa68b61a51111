package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
            assertThat(get(Example.port(application), "/").body()).isEqualTo("hello");
            // The client keeps its connection, and the guard knows of it.
            await(
                    "one connection in the books",
                    () -> guard.snapshot().capacity().own() >= 1);
            await("healthy", () -> get(guard.healthPort(), "/").statusCode() == 200);
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
            await("ready", () -> get(port, "/actuator/health/readiness").statusCode() == 200);

            guard.drain("test");
            await("health down", () -> get(guard.healthPort(), "/").statusCode() == 503);
            await("not ready", () -> get(port, "/actuator/health/readiness").statusCode() == 503);
            assertThat(get(port, "/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);

            // The application's word alone doesn't make it ready.
            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            await("still not ready", () -> availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC);

            guard.resume();
            await("ready again", () -> get(port, "/actuator/health/readiness").statusCode() == 200);
            await("health up again", () -> get(guard.healthPort(), "/").statusCode() == 200);
        }
    }

    @Test
    void takesNothingBackThatTheApplicationSaidAboutItsReadiness() throws Exception {
        try (ConfigurableApplicationContext application = example.start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            ApplicationAvailability availability = application.getBean(ApplicationAvailability.class);
            await("ready", () -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC);
            AvailabilityChangeEvent.publish(application, ReadinessState.REFUSING_TRAFFIC);
            guard.drain("test");
            await("down", () -> !guard.snapshot().verdict().up());
            guard.resume();
            await("up", () -> guard.snapshot().verdict().up());
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(application, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void hasNoTraceOfAGuardThatIsDisabled() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--tcpguard.enabled=false")) {
            assertThat(application.getBeanNamesForType(TcpGuard.class)).isEmpty();
            assertThat(application.getBeanDefinitionNames()).noneMatch(name -> name.startsWith("tcpGuard"));
            assertThat(get(Example.port(application), "/").body()).isEqualTo("hello");
            assertThat(threads()).noneMatch(name -> name.startsWith("tcpguard"));
        }
    }

    @Test
    void endsItsConnectionsByTheirNextAnswerWhenItLeaves() throws Exception {
        ConfigurableApplicationContext application =
                example.start("--tcpguard.notice-seconds=2", "--tcpguard.finish-seconds=20");
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Example.port(application))) {
            client.setSoTimeout(20_000);
            assertThat(ask(client)).doesNotContain("connection: close");
            Thread leaving = new Thread(application::close);
            leaving.start();
            try {
                String answer = ask(client);
                while (!answer.contains("connection: close")) {
                    Thread.sleep(50);
                    answer = ask(client);
                }
                // It lets the client close first, and does not wait for ever.
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            } finally {
                leaving.join();
            }
        }
    }

    /** One request on this connection; the head of the answer, in small letters. */
    private static String ask(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nhello") < 0) {
            int b = client.getInputStream().read();
            assertThat(b).as("end of stream after %s", answer).isNotNegative();
            answer.append((char) b);
        }
        return answer.toString().toLowerCase(Locale.ROOT);
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        example.start("--tcpguard.notice-seconds=1", "--tcpguard.finish-seconds=1")
                .close();
        await("all threads gone", () -> threads().stream().noneMatch(name -> name.startsWith("tcpguard")));
    }

    @Test
    void doesNotStartWithAWrongValue() {
        assertThatThrownBy(() -> example.start("--tcpguard.trim-at=high", "--tcpguard.notice-seconds=soon"))
                .rootCause()
                .hasMessageContaining("tcpguard.trim-at=high (expected: ")
                .hasMessageContaining("tcpguard.notice-seconds=soon (expected: whole seconds");
    }

    @Test
    void takesItsSettingsHoweverTheyAreWritten() throws Exception {
        try (ConfigurableApplicationContext application = example.start(
                "--tcpguard.idleFloor=20s",
                "--tcpguard.sample_period=50ms",
                "--tcpguard.allow[0]=10.0.0.0/8",
                "--tcpguard.allow[1]=192.168.0.0/16")) {
            var config = application.getBean(TcpGuard.class).config();
            assertThat(config.nanos(Setting.IDLE_FLOOR))
                    .isEqualTo(Duration.ofSeconds(20).toNanos());
            assertThat(config.nanos(Setting.SAMPLE_PERIOD))
                    .isEqualTo(Duration.ofMillis(50).toNanos());
            assertThat(config.networks(Setting.ALLOW)).hasSize(2);
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.sleep(20);
        }
    }
}
