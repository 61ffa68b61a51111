/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import jakarta.servlet.ServletContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.context.ConfigurableWebApplicationContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class TomcatConnectorsTest {
    private final Example example;

    TomcatConnectorsTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @ParameterizedTest
    @CsvSource({"--x=y, 4096", "--server.tomcat.accept-count=77, 77", "--server.tomcat.acceptCount=100, 100"})
    void lessThanTheAdaptersAcceptCountHoldsOnlyWhereTheApplicationSaysSo(String argument, int expected)
            throws Exception {
        try (ConfigurableApplicationContext application = example.start(argument)) {
            Connector connector = connectors(application)[0];
            assertThat(((AbstractProtocol<?>) connector.getProtocolHandler()).getAcceptCount())
                    .isEqualTo(expected);
        }
    }

    @Test
    void countsTheClientsOfAConnectorThatTheApplicationAdded() throws Exception {
        try (ConfigurableApplicationContext application = example.start(Map.of(OneMore.class, OneMore::new), "--x=y")) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            Connector added = connectors(application)[1];
            List<Socket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    clients.add(new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), added.getLocalPort()));
                }
                Await.until(
                        "the clients in the books",
                        () -> guard.snapshot().capacity().own() >= 20);
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    void nobodyMissesAServerThatIsToHaveNoPort() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--server.port=-1")) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            Await.until("no listener", () -> guard.snapshot().listeners().isEmpty());
            Await.until("up", () -> Web.get(guard.healthPort(), "/").statusCode() == 200);
        }
    }

    @Test
    void areForgottenWhenTheirServerWasClosed() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--management.server.port=0")) {
            Field known = TomcatServers.class.getDeclaredField("connectors");
            known.setAccessible(true);
            TcpGuard guard = application.getBean(TcpGuard.class);
            for (int i = 0; i < 4; i++) {
                assertThat((List<?>) known.get(application.getBean(TomcatServers.class)))
                        .hasSizeLessThanOrEqualTo(3);
                makeAndCloseAServer(application);
                Await.until(
                        "only those that are there",
                        () -> guard.snapshot().listeners().size() == 2);
            }
        }
    }

    private static void makeAndCloseAServer(ConfigurableApplicationContext application) throws Exception {
        Object factory = application.getBean("tomcatServletWebServerFactory");
        Object server = factory.getClass()
                .getMethod("getWebServer", ServletContextInitializer[].class)
                .invoke(factory, (Object) new ServletContextInitializer[0]);
        for (String what : List.of("start", "stop", "destroy")) {
            server.getClass().getMethod(what).invoke(server);
        }
    }

    @Test
    void areFollowedOnceHoweverOftenTheyAreStopped() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--x=y")) {
            int listeners = connectors(application)[0].findLifecycleListeners().length;
            for (int i = 0; i < 3; i++) {
                application.stop();
                application.start();
            }
            assertThat(connectors(application)[0].findLifecycleListeners()).hasSize(listeners);
        }
    }

    @Test
    void saysWhyNothingIsGuardedInAContainer(@TempDir Path container) throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream console = System.out;
        List<ConfigurableApplicationContext> application = new ArrayList<>();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(container.toString());
        tomcat.addContext("", container.toString())
                .addServletContainerInitializer((classes, servlets) -> application.add(startIn(servlets)), null);
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            tomcat.start();
            // A server that knows nothing of its clients would take them for a leak.
            assertThat(application.get(0).getBean(TcpGuard.class).healthPort()).isEqualTo(-1);
        } finally {
            System.setOut(console);
            application.forEach(ConfigurableApplicationContext::close);
            tomcat.stop();
            tomcat.destroy();
        }
        assertThat(written.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("tcpguard is not active: Spring Boot makes");
    }

    private ConfigurableApplicationContext startIn(ServletContext servlets) {
        try {
            return example.run(application -> application.addInitializers(
                    context -> ((ConfigurableWebApplicationContext) context).setServletContext(servlets)));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Behind the valve that Boot adds for it, and nowhere else: it trusts a proxy and has the client's address. */
    @ParameterizedTest
    @CsvSource({"--server.forward-headers-strategy=native, 1", "--x=y, 0"})
    void requestsAreRankedByTheRealClientWhereBootTrustsAProxy(String argument, int expected) throws Exception {
        try (ConfigurableApplicationContext application = example.start(argument)) {
            Connector connector = connectors(application)[0];
            List<String> valves = Arrays.stream(
                            connector.getService().getContainer().getPipeline().getValves())
                    .map(valve -> valve.getClass().getName())
                    .filter(name -> name.endsWith(".RemoteIpValve") || name.startsWith("io.tcpguard."))
                    .toList();

            assertThat(valves)
                    .isEqualTo(List.of(
                                    "org.apache.catalina.valves.RemoteIpValve",
                                    "io.tcpguard.tomcat.ForwardedValve$Placed")
                            .subList(0, 2 * expected));
            assertThat(Web.get(connector.getLocalPort(), "/").statusCode()).isEqualTo(200);
        }
    }

    /** By name: the types between context and Tomcat moved from Boot 3.5 to 4. */
    private static Connector[] connectors(ConfigurableApplicationContext application) throws Exception {
        Object server = application.getClass().getMethod("getWebServer").invoke(application);
        Tomcat tomcat = (Tomcat) server.getClass().getMethod("getTomcat").invoke(server);
        return tomcat.getService().findConnectors();
    }

    /** Adds a connector, as applications do for a second port. */
    static final class OneMore implements WebServerFactoryCustomizer<WebServerFactory> {
        @Override
        public void customize(WebServerFactory factory) {
            Connector more = new Connector();
            more.setPort(0);
            more.setProperty("address", "127.0.0.1");
            try {
                for (Method method : factory.getClass().getMethods()) {
                    if (method.getName().startsWith("addAdditional") && method.isVarArgs()) {
                        method.invoke(factory, (Object) new Connector[] {more});
                        return;
                    }
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
            throw new AssertionError("no way to add a connector");
        }
    }
}
