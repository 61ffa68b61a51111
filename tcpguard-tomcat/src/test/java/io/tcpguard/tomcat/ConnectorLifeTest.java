/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.state.ListenerState;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardEngine;
import org.apache.catalina.core.StandardService;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connectors that come and go beside one that stays: what the guard is told of each. */
@Timeout(120)
class ConnectorLifeTest {
    private static final String GUARDED = "io.tcpguard.tomcat.GuardedHttp11NioProtocol";
    private static final String STOCK = "org.apache.coyote.http11.Http11NioProtocol";
    private static final String NIO2 = "org.apache.coyote.http11.Http11Nio2Protocol";
    private static final String AJP = "org.apache.coyote.ajp.AjpNioProtocol";

    private final FakeControl guard = new FakeControl();
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws Exception {
        rig = new TomcatRig();
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    private static Connector connector(String protocol) {
        Connector connector = new Connector(protocol);
        connector.setPort(0);
        connector.setProperty("address", "localhost");
        // Bound anew at each start; else Tomcat keeps the socket while a connector is stopped.
        connector.setProperty("bindOnInit", "false");
        if (protocol.equals(AJP)) {
            connector.setProperty("secretRequired", "false");
        }
        return connector;
    }

    /** Those that are watched now, without the one that stays. */
    private List<FakeControl.Listener> others() {
        return guard.listeners.stream()
                .filter(listener -> !listener.closed && listener.port != rig.port())
                .toList();
    }

    private FakeControl.Listener other() {
        assertThat(others()).hasSize(1);
        return others().get(0);
    }

    private long held(FakeControl.Listener listener) {
        return listener.control.untrackedConnections()
                + listener.handles.stream().filter(handle -> !handle.isClosed()).count();
    }

    private void invoke(Connector connector, String operation) throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = Objects.requireNonNull(connector.getObjectName());
        beans.invoke(name, operation, new Object[0], new String[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {GUARDED, STOCK, NIO2, AJP})
    void isFollowedThroughItsLifeWithClientsConnected(String protocol) throws Exception {
        rig.start();
        GuardedServer server = GuardedServer.guard(rig.tomcat.getServer(), guard);
        assertThat(others()).isEmpty();

        // Added at run time, on any free port.
        Connector connector = connector(protocol);
        rig.tomcat.getService().addConnector(connector);
        assertThat(other().port).isEqualTo(connector.getLocalPort());
        assertThat(other().name).contains(String.valueOf(connector.getLocalPort()));
        Await.until("accepts", () -> other().control.accepting());
        long watches = guard.watches.get();

        try (RawClient first = new RawClient(connector.getLocalPort());
                RawClient second = new RawClient(connector.getLocalPort())) {
            Await.until("counted", () -> held(other()) == 2);
            isServedAndLeftByItsWorker(connector, first);
            isServedAndLeftByItsWorker(connector, second);

            invoke(connector, "pause");
            Await.until("accepts nobody", () -> !other().control.accepting());
            invoke(connector, "resume");
            Await.until("accepts again", () -> other().control.accepting());
            isServedAndLeftByItsWorker(connector, first);
            isServedAndLeftByItsWorker(connector, second);
            // Tomcat connects to itself to wake its acceptor, and may serve that.
            Await.until("in clients' hands", () -> held(other()) == 2);
            try (RawClient third = new RawClient(connector.getLocalPort())) {
                Await.until("counted", () -> held(other()) == 3);
                assertThat(third).isNotNull();
            }
            Await.until("counted down", () -> held(other()) == 2);

            invoke(connector, "stop");
            assertThat(other().control.accepting()).isFalse();
            assertThat(held(other())).isZero();
            assertThat(guard.watches).hasValue((int) watches - 1);
        }
        int port = Wire.freePort();
        connector.setPort(port);
        invoke(connector, "start");
        Await.until("accepts on another port", () -> other().control.accepting());
        assertThat(other().port).isEqualTo(port);
        assertThat(other().name).contains(String.valueOf(port));
        assertThat(guard.watches).hasValue((int) watches);

        rig.tomcat.getService().removeConnector(connector);
        assertThat(others()).isEmpty();
        assertThat(guard.watches).hasValue((int) watches - 1);
        rig.tomcat.getService().addConnector(connector);
        Await.until("accepts as before", () -> other().control.accepting());

        connector.stop();
        assertThat(other().control.accepting()).isFalse();
        rig.tomcat.getService().removeConnector(connector);
        assertThat(others()).isEmpty();
        connector.destroy();

        server.restore();
        assertThat(guard.listeners).allMatch(listener -> listener.closed);
        assertThat(guard.watches).hasValue(0);
    }

    /**
     * A paused connector closes what a worker has in hand, and by NIO2 a worker has each new connection in hand, to
     * look whether it has sent something. AJP is not spoken here.
     */
    private static void isServedAndLeftByItsWorker(Connector connector, RawClient client) throws IOException {
        if (!connector.getProtocolHandlerClassName().equals(AJP)) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        }
        ThreadPoolExecutor workers =
                (ThreadPoolExecutor) connector.getProtocolHandler().getExecutor();
        Await.until("no worker is busy", () -> workers.getActiveCount() == 0);
    }

    /** A reload is the application's; its connectors go on, and who is connected stays in the books. */
    @ParameterizedTest
    @ValueSource(strings = {GUARDED, STOCK})
    void isAsItWasWhenTheApplicationIsReloadedWithClientsConnected(String protocol) throws Exception {
        rig.start();
        GuardedServer server = GuardedServer.guard(rig.tomcat.getServer(), guard);
        Connector connector = connector(protocol);
        rig.tomcat.getService().addConnector(connector);
        FakeControl.Listener before = other();
        long watches = guard.watches.get();
        try (RawClient client = new RawClient(connector.getLocalPort())) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");

            for (Container context : rig.tomcat.getHost().findChildren()) {
                ((Context) context).reload();
            }

            assertThat(other()).isSameAs(before);
            Await.until("accepts", () -> before.control.accepting());
            assertThat(guard.watches).hasValue((int) watches);
            // A context that was made by code is empty then.
            assertThat(client.get("/")).startsWith("HTTP/1.1 404");
            assertThat(held(before)).isOne();
        }
        Await.until("counted down", () -> held(before) == 0);
        server.restore();
    }

    @Test
    void isGoneBeforeItStopsWhenItIsRemoved() throws Exception {
        rig.start();
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        for (String protocol : List.of(GUARDED, STOCK)) {
            Connector connector = connector(protocol);
            rig.tomcat.getService().addConnector(connector);
            Await.until("accepts", () -> other().control.accepting());
            FakeControl.Listener listener = other();
            AtomicInteger missed = new AtomicInteger();
            connector.addLifecycleListener(event -> {
                if (connector.getState() == LifecycleState.STOPPING && !listener.closed) {
                    missed.incrementAndGet();
                }
            });
            rig.tomcat.getService().removeConnector(connector);
            assertThat(missed).hasValue(0);
        }
    }

    @Test
    void followsAServiceThatComesAndGoes() throws Exception {
        rig.start();
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        StandardService service = new StandardService();
        service.setName("second");
        StandardEngine engine = new StandardEngine();
        engine.setName("second");
        engine.setDefaultHost("localhost");
        service.setContainer(engine);
        service.addConnector(connector(GUARDED));
        service.addConnector(connector(STOCK));

        rig.tomcat.getServer().addService(service);
        Await.until(
                "both accept", () -> others().size() == 2 && others().stream().allMatch(l -> l.control.accepting()));
        rig.tomcat.getServer().removeService(service);
        assertThat(others()).isEmpty();
    }

    @Test
    void countsWhoIsThereOnAUnixDomainSocketAndMissesItWhenItStops(@TempDir Path dir) throws Exception {
        rig.start();
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        for (String protocol : List.of(GUARDED, STOCK)) {
            Path path = dir.resolve(protocol.substring(protocol.length() - 20));
            Connector connector = new Connector(protocol);
            connector.setProperty("unixDomainSocketPath", path.toString());
            rig.tomcat.getService().addConnector(connector);
            Await.until("accepts", () -> other().control.accepting());
            assertThat(other().port).isZero();
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(path));
                Await.until("counted", () -> held(other()) == 1);
            }
            Await.until("counted down", () -> held(other()) == 0);
            connector.stop();
            assertThat(other().control.accepting()).isFalse();
            rig.tomcat.getService().removeConnector(connector);
            connector.destroy();
            assertThat(others()).isEmpty();
            Files.deleteIfExists(path);
        }
    }

    @Test
    void isNotFullOfConnectionsThatDoNotExist() {
        assertThat(StockEndpoint.isFull(20, 20, 20)).isTrue();
        assertThat(StockEndpoint.isFull(20, 20, 0)).as("all leaked").isFalse();
        assertThat(StockEndpoint.isFull(20, 19, 19)).isFalse();
        assertThat(StockEndpoint.isFull(-1, 5000, 5000)).isFalse();
    }

    /** As Tomcat loses them: counted up, and nobody counts down. */
    @Test
    void isNotFullWhenTomcatHasLostCount() throws Exception {
        rig.connector.setProperty("maxConnections", "20");
        rig.start();
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        Await.until("accepts", () -> guard.lastListener().control.accepting());
        var count = org.apache.tomcat.util.net.AbstractEndpoint.class.getDeclaredMethod("countUpOrAwaitConnection");
        count.setAccessible(true);
        while (rig.protocol.endpoint().getConnectionCount() < 20) {
            count.invoke(rig.protocol.endpoint());
        }
        assertThat(guard.lastListener().control.full()).isFalse();
    }

    @Test
    void keepsHealthUpWhenOneOfSeveralIsRemovedAndLetsItGo() throws Exception {
        TcpGuardListener listener = new TcpGuardListener();
        listener.setProperty("healthPort", "0");
        rig.tomcat.getServer().addLifecycleListener(listener);
        rig.start();
        TcpGuard real = Objects.requireNonNull(listener.guard());
        Await.until("up", () -> real.snapshot().verdict().up());
        AtomicInteger downs = new AtomicInteger();
        real.onTransition(
                transition -> downs.addAndGet(transition.after().verdict().up() ? 0 : 1));
        List<WeakReference<Connector>> removed = new java.util.ArrayList<>();
        for (String protocol : List.of(GUARDED, STOCK, GUARDED)) {
            removed.add(comeAndGo(protocol));
        }
        // The sampler's next looks would find a listener that is still watched.
        Thread.sleep(Duration.ofMillis(600).toMillis());
        assertThat(downs).hasValue(0);
        Await.until("collected", () -> {
            System.gc();
            return removed.stream().allMatch(reference -> reference.get() == null);
        });
    }

    @Test
    void comesUnderGuardAgainWithItsConnectionsAfterTheGuardWasStoppedAndStarted() throws Exception {
        rig.start();
        try (TcpGuard real = TcpGuard.builder().build().start();
                AutoCloseable guarded = TomcatGuard.guard(real, rig.tomcat.getServer());
                RawClient before = rig.client()) {
            Connector stock = connector(STOCK);
            rig.tomcat.getService().addConnector(stock);
            before.get("/");
            real.stop();
            try (RawClient meanwhile = rig.client();
                    RawClient ofStock = new RawClient(stock.getLocalPort())) {
                meanwhile.get("/");
                ofStock.get("/");
                real.start();
                assertThat(real.status().listeners()).hasSize(2);
                Await.until("all three", () -> real.snapshot().capacity().own() == 3);
                Await.until("up", () -> real.snapshot().verdict().up());
                before.get("/");
            }
            Await.until("the first alone", () -> real.snapshot().capacity().own() == 1);
            assertThat(guarded).isNotNull();
        }
    }

    /** What an operator sees and what a load balancer is told right after each change, by JMX where it can. */
    @ParameterizedTest
    @ValueSource(strings = {GUARDED, STOCK})
    void tellsTheNamesHealthAndAdviceRightAfterEachChange(String protocol) throws Exception {
        TcpGuardListener listener = new TcpGuardListener();
        listener.setProperty("healthPort", "0");
        rig.tomcat.getServer().addLifecycleListener(listener);
        rig.start();
        TcpGuard real = Objects.requireNonNull(listener.guard());
        Await.until("up", () -> real.snapshot().verdict().up());
        Connector connector = connector(protocol);
        connector.setProperty("acceptCount", "77");
        rig.tomcat.getService().addConnector(connector);
        isKnown(real, connector.getLocalPort());
        try (RawClient client = new RawClient(connector.getLocalPort())) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            for (int i = 0; i < 3; i++) {
                invoke(connector, "stop");
                int port = Wire.freePort();
                setPort(connector, port);
                invoke(connector, "start");
                isKnown(real, port);
                try (RawClient next = new RawClient(port)) {
                    assertThat(next.get("/")).startsWith("HTTP/1.1 200");
                }
            }
        }
        int last = connector.getLocalPort();
        rig.tomcat.getService().removeConnector(connector);
        assertThat(real.healthPage(null, false).status()).isEqualTo(200);
        Await.until("forgotten", () -> names(real).stream().noneMatch(name -> name.contains("-" + last)));
        assertThat(real.snapshot().verdict().up()).isTrue();
        connector.destroy();
    }

    private void setPort(Connector connector, int port) throws Exception {
        ManagementFactory.getPlatformMBeanServer()
                .setAttribute(
                        Objects.requireNonNull(connector.getObjectName()),
                        new javax.management.Attribute("port", port));
    }

    private void isKnown(TcpGuard real, int port) {
        assertThat(real.healthPage(null, false).status()).isEqualTo(200);
        Await.until(
                "known by its name",
                () -> names(real).stream().anyMatch(name -> name.endsWith("-" + port))
                        && names(real).size() == 2
                        && real.snapshot().verdict().up());
        Await.until("its backlog is judged", () -> real.advice().text().contains("77"));
    }

    private static List<String> names(TcpGuard real) {
        return real.snapshot().listeners().stream().map(ListenerState::name).toList();
    }

    private WeakReference<Connector> comeAndGo(String protocol) throws Exception {
        Connector connector = connector(protocol);
        rig.tomcat.getService().addConnector(connector);
        try (RawClient client = new RawClient(connector.getLocalPort())) {
            client.get("/");
        }
        rig.tomcat.getService().removeConnector(connector);
        ((AbstractProtocol<?>) connector.getProtocolHandler()).getName();
        connector.destroy();
        return new WeakReference<>(connector);
    }
}
