package io.tcpguard.examples.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class GuardedApplicationTest {
    private static final String GUARDED = "io.tcpguard.tomcat.GuardedHttp11NioProtocol";
    private static final String STOCK = "org.apache.coyote.http11.Http11NioProtocol";

    @Test
    void isGuardedByTheDependencyAlone() throws Exception {
        try (ConfigurableApplicationContext application = start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            assertThat(protocol(application)).isEqualTo(GUARDED);
            assertThat(get(port(application), "/").body()).isEqualTo("hello");
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
        try (ConfigurableApplicationContext application = start()) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            ApplicationAvailability availability = application.getBean(ApplicationAvailability.class);
            int port = port(application);
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
        try (ConfigurableApplicationContext application = start()) {
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
        try (ConfigurableApplicationContext application = start("--tcpguard.enabled=false")) {
            assertThat(application.getBeanNamesForType(TcpGuard.class)).isEmpty();
            assertThat(application.getBeanDefinitionNames()).noneMatch(name -> name.startsWith("tcpGuard"));
            assertThat(protocol(application)).isEqualTo(STOCK);
            assertThat(get(port(application), "/").body()).isEqualTo("hello");
            assertThat(threads()).noneMatch(name -> name.startsWith("tcpguard"));
        }
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        start("--tcpguard.notice-seconds=1", "--tcpguard.finish-seconds=1").close();
        await("all threads gone", () -> threads().stream().noneMatch(name -> name.startsWith("tcpguard")));
    }

    @Test
    void doesNotStartWithAWrongValue() {
        assertThatThrownBy(() -> start("--tcpguard.trim-at=high", "--tcpguard.notice-seconds=soon"))
                .rootCause()
                .hasMessageContaining("tcpguard.trim-at=high (expected: ")
                .hasMessageContaining("tcpguard.notice-seconds=soon (expected: whole seconds");
    }

    @Test
    void takesItsSettingsHoweverTheyAreWritten() throws Exception {
        try (ConfigurableApplicationContext application = start(
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

    private static ConfigurableApplicationContext start(String... arguments) throws ClassNotFoundException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--tcpguard.health-port=0",
                "--tcpguard.health-address=127.0.0.1",
                "--spring.main.banner-mode=off"));
        all.addAll(List.of(arguments));
        return new SpringApplication(Class.forName(System.getProperty("example.application")))
                .run(all.toArray(String[]::new));
    }

    private static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** By name: the types between context and Tomcat moved from Boot 3.5 to 4. */
    private static String protocol(ConfigurableApplicationContext application) throws ReflectiveOperationException {
        Object server = application.getClass().getMethod("getWebServer").invoke(application);
        Tomcat tomcat = (Tomcat) server.getClass().getMethod("getTomcat").invoke(server);
        return tomcat.getConnector().getProtocolHandlerClassName();
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
