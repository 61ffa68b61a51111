/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import io.tcpguard.state.SignalState;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.modeler.Registry;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where Tomcat's own maxConnections, or the operator's, is less than the descriptors. */
class ConnectionLimitTest {
    private final List<RawClient> clients = new ArrayList<>();
    private TomcatRig rig;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private TcpGuard guard;

    @BeforeEach
    void makeServer() throws Exception {
        rig = new TomcatRig();
    }

    @AfterEach
    void endServer() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        rig.close();
        if (guard != null) {
            guard.close();
        }
    }

    private void start(int maxConnections, String... settings) throws Exception {
        GuardBuilder builder = TcpGuard.builder().healthPort(0);
        for (String setting : settings) {
            String[] nameAndValue = setting.split("=", 2);
            builder.set(nameAndValue[0], nameAndValue[1]);
        }
        guard = builder.build().start();
        rig.connector.setProperty("maxConnections", String.valueOf(maxConnections));
        rig.protocol.guardWith(guard);
        rig.start();
    }

    private RawClient client() throws IOException {
        RawClient client = rig.client();
        clients.add(client);
        return client;
    }

    /** They ask once, are answered, and stay. */
    private void crowd(int size) throws IOException {
        for (int i = 0; i < size; i++) {
            assertThat(client().get("/")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200", "8192"})
    void newcomersTakeThePlacesOfTheIdle(int byTomcat) throws Exception {
        // The second: by the operator.
        start(byTomcat, "idleFloor=1s", "maxConnections=" + (byTomcat == 200 ? 0 : 200));
        crowd(200);
        TimeUnit.MILLISECONDS.sleep(1200);

        for (int i = 0; i < 5; i++) {
            assertThat(client().get("/")).startsWith("HTTP/1.1 200");
        }

        assertThat(rig.protocol.getMaxConnections()).isEqualTo(byTomcat);
        assertThat(guard.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(guard.snapshot().leading()).isEqualTo(Signal.CONNECTIONS);
        assertThat(guard.snapshot().verdict().up()).isTrue();
        assertThat(guard.snapshot().capacity().slots()).isEqualTo(200);
        assertThat(guard.snapshot().capacity().binding())
                .isEqualTo(byTomcat == 200 ? Limit.MAX_CONNECTIONS : Limit.OPERATOR);
        Await.until("evicted ones are gone", () -> rig.protocol.getGuardedConnections() <= 200);
    }

    @Test
    void aQueueThatIsFullWithAPlaceFreeServes() throws Exception {
        rig.connector.setProperty("acceptCount", "20");
        start(20);
        crowd(20);
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            waiting.add(client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        Await.until("the queue is full", () -> queue() >= 20);
        TimeUnit.MILLISECONDS.sleep(800);
        clients.get(0).close();

        assertThat(waiting.get(0).answer()).startsWith("HTTP/1.1 200");
        clients.get(1).close();
        assertThat(waiting.get(1).answer()).startsWith("HTTP/1.1 200");
        assertThat(guard.shed().of(io.tcpguard.state.RefusalCounters.Stage.ACCEPT))
                .isZero();
    }

    @Test
    void aShortQueueServesNoFewerThanWithoutGuard() throws Exception {
        rig.connector.setProperty("acceptCount", "10");
        start(20);
        assertThat(servedOf(60)).isEqualTo(60);
    }

    /** Each asks once, for something that takes a while, and goes. */
    private int servedOf(int size) throws Exception {
        AtomicInteger served = new AtomicInteger();
        ExecutorService all = Executors.newFixedThreadPool(size);
        for (int i = 0; i < size; i++) {
            all.execute(() -> {
                try (RawClient client = rig.client()) {
                    if (client.get("/slow").startsWith("HTTP/1.1 200")) {
                        served.incrementAndGet();
                    }
                } catch (IOException e) {
                    // Not served.
                    return;
                }
            });
        }
        all.shutdown();
        assertThat(all.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        return served.get();
    }

    @Test
    void connectionsThatTomcatCountsAndDoesNotHoldTakeNoPlaces() throws Exception {
        start(20);
        leak(20);

        crowd(20);
        assertThat(guard.snapshot().verdict().up()).isTrue();
    }

    @Test
    void aServerFullOfNobodyIsDown() throws Exception {
        start(20, "stalledAfter=1s", "queueWait=500ms");
        // The acceptor holds one of 84 already.
        leak(20 + 63);
        assertThat(client().get("/")).startsWith("HTTP/1.1 200");
        client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        Await.until("down", () -> !guard.snapshot().verdict().up());
    }

    private void leak(int connections) throws Exception {
        var countUp = AbstractEndpoint.class.getDeclaredMethod("countUpOrAwaitConnection");
        countUp.setAccessible(true);
        for (int i = 0; i < connections; i++) {
            countUp.invoke(rig.protocol.endpoint());
        }
    }

    @Test
    void aLimitThatChangesAtRunTimeIsFollowed() throws Exception {
        start(100, "idleFloor=1h", "queueWait=0s");
        crowd(50);
        rig.connector.setProperty("maxConnections", "50");
        Await.until("seen", () -> guard.snapshot().capacity().slots(Limit.MAX_CONNECTIONS) == 50);
        assertThat(client().get("/")).startsWith("HTTP/1.1 503");

        rig.connector.setProperty("maxConnections", "60");
        Await.until("seen", () -> guard.snapshot().capacity().slots(Limit.MAX_CONNECTIONS) == 60);
        crowd(10);

        rig.connector.setProperty("maxConnections", "-1");
        Await.until("seen", () -> guard.snapshot().capacity().binding() != Limit.MAX_CONNECTIONS);
        crowd(100);
    }

    /** By each of Tomcat's own MBeans that has the limit, as an operator's console does. */
    @ParameterizedTest
    @ValueSource(strings = {"Connector", "ThreadPool", "ProtocolHandler"})
    void aLimitThatJmxChangesIsFollowed(String type) throws Exception {
        start(100, "idleFloor=1h", "queueWait=0s");
        crowd(50);
        MBeanServer beans = Registry.getRegistry(null, null).getMBeanServer();
        Set<ObjectName> names = beans.queryNames(new ObjectName("Tomcat:type=" + type + ",*"), null);
        assertThat(names).isNotEmpty();
        ObjectName name = names.stream()
                .filter(each -> each.toString().contains(String.valueOf(rig.port()))
                        || type.equals("ThreadPool")
                        || names.size() == 1)
                .findFirst()
                .orElseThrow();
        assertThat(beans.getAttribute(name, "maxConnections").toString()).isEqualTo("100");

        beans.setAttribute(name, new Attribute("maxConnections", 50));

        Await.until("seen", () -> guard.snapshot().capacity().slots(Limit.MAX_CONNECTIONS) == 50);
        assertThat(beans.getAttribute(name, "maxConnections").toString()).isEqualTo("50");
        assertThat(client().get("/")).startsWith("HTTP/1.1 503");
        beans.setAttribute(name, new Attribute("maxConnections", -1));
        Await.until("seen", () -> guard.snapshot().capacity().binding() != Limit.MAX_CONNECTIONS);
        crowd(100);
    }

    /** Tomcat accepts nobody then, so nobody comes who could ask for an idle client's slot. */
    @Test
    void newcomersAreServedWhenTheLimitFellFarBelowThoseWhoAreThere() throws Exception {
        start(200, "idleFloor=1s");
        crowd(200);
        TimeUnit.MILLISECONDS.sleep(1200);
        rig.connector.setProperty("maxConnections", "80");

        try (RawClient newcomer = rig.client()) {
            assertThat(newcomer.get("/")).startsWith("HTTP/1.1 200");
        }
    }

    /** There are ten times as many threads, so that no work is late and nobody is cut for that. */
    @Test
    void whoTakesNothingOfItsAnswerGivesItsSlotToANewcomer() throws Exception {
        rig.connector.setProperty("socket.txBufSize", "32768");
        // By which Tomcat ends them itself.
        rig.connector.setProperty("connectionTimeout", "120000");
        start(20, "idleFloor=1s");
        for (int i = 0; i < 20; i++) {
            client().send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        Await.until("all slots are taken by work", () -> rig.protocol.getGuardedConnections() == 20);

        Await.until("a newcomer is served", () -> {
            try (RawClient newcomer = rig.client()) {
                return newcomer.get("/").startsWith("HTTP/1.1 200");
            } catch (IOException refused) {
                return false;
            }
        });
        assertThat(guard.shed().of(io.tcpguard.state.RefusalCounters.Stage.KEEP_ALIVE))
                .isPositive();
    }

    @Test
    void withoutGuardTomcatsLimitIsWhatWasSet() throws Exception {
        rig.connector.setProperty("maxConnections", "20");
        rig.start();
        crowd(20);
        RawClient beyond = client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(rig.protocol.endpoint().getConnectionCount()).isEqualTo(20);
        clients.get(0).close();
        assertThat(beyond.answer()).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.coyote.http11.Http11NioProtocol",
                "org.apache.coyote.http11.Http11Nio2Protocol",
                "org.apache.coyote.ajp.AjpNioProtocol"
            })
    void aStockConnectorTellsItsLimit(String protocol) throws Exception {
        guard = TcpGuard.builder().healthPort(0).build().start();
        Connector stock = new Connector(protocol);
        stock.setPort(0);
        stock.setProperty("maxConnections", "10");
        // Of AJP only, which wants either this or a secret.
        stock.setProperty("secretRequired", "false");
        rig.tomcat.setConnector(stock);
        rig.tomcat.getService().removeConnector(rig.connector);
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        rig.start();
        for (int i = 0; i < 10; i++) {
            clients.add(new RawClient(stock.getLocalPort()));
        }

        Await.until(
                "told",
                () -> reading(Signal.CONNECTIONS).filter(r -> r.pressure() == 1).isPresent());
        assertThat(guard.snapshot().level()).isEqualTo(Level.ELEVATED);
        assertThat(guard.snapshot().verdict().up()).isTrue();
    }

    private long queue() {
        return reading(Signal.ACCEPT_QUEUE).orElse(null) instanceof Reading.Measured m ? m.used() : -1;
    }

    /** Empty until the first sample that knows of its source. */
    private Optional<Reading> reading(Signal signal) {
        return guard.snapshot().signals().stream()
                .filter(s -> !s.source().isEmpty())
                .map(SignalState::reading)
                .filter(r -> r.signal() == signal)
                .findFirst();
    }
}
