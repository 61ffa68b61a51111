/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Network;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StockConnectorTest {
    private final FakeControl guard = new FakeControl();
    private final Connector connector = new Connector();
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws Exception {
        rig = new TomcatRig();
        connector.setPort(0);
        rig.tomcat.setConnector(connector);
        rig.tomcat.getService().removeConnector(rig.connector);
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    private RawClient client() throws Exception {
        return new RawClient(connector.getLocalPort());
    }

    private GuardedServer begin() {
        return GuardedServer.guard(rig.tomcat.getServer(), guard);
    }

    private FakeControl.Listener listening() {
        return guard.listeners.get(guard.listeners.size() - 1);
    }

    @Test
    void guardsRequestsOfConnectionsThatWereOpenBeforeAndNoneAfterwards() throws Exception {
        rig.start();
        Adapter adapter = connector.getProtocolHandler().getAdapter();
        try (RawClient before = client();
                RawClient other = client()) {
            // Tomcat pools what it answered these with.
            assertThat(before.get("/")).startsWith("HTTP/1.1 200");
            assertThat(other.get("/")).startsWith("HTTP/1.1 200");
            GuardedServer stock = begin();
            guard.requests = Admission.RESPOND;
            assertThat(before.get("/"))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: ")
                    .containsOnlyOnce("Connection: close\r\n");
            assertThat(before.ending()).isEqualTo("FIN");
            assertThat(guard.refusedRequests).hasValue(1);
            assertThat(rig.served).hasValue(2);
            stock.restore();
            assertThat(other.get("/")).startsWith("HTTP/1.1 200");
        }
        assertThat(guard.listeners).allMatch(listening -> listening.closed);
        assertThat(guard.watches).hasValue(0);
        assertThat(connector.getProtocolHandler().getAdapter()).isSameAs(adapter);
        assertThat(connector.findLifecycleListeners()).noneMatch(StockConnector.class::isInstance);
    }

    @Test
    void writesWhoRefusedAndWhyIntoTheAnswerAndTheAccessLog() throws Exception {
        List<String> accessLog = new CopyOnWriteArrayList<>();
        rig.tomcat.getEngine().getPipeline().addValve(new AccessLog(accessLog));
        rig.start();
        GuardedServer stock = begin();
        guard.requests = Admission.RESPOND;
        try (RawClient client = client()) {
            assertThat(client.get("/"))
                    .contains("X-Tcpguard: refused; cause=work\r\n")
                    .endsWith("\r\n\r\nRefused: work waits for too long on this server.\nTry again in 2 s.\n");
        }
        Await.until("in the access log", () -> accessLog.equals(List.of("GET / HTTP/1.1 503 67 refused; cause=work")));
        stock.restore();
    }

    @Test
    void neverRefusesRequestsToExemptPathsOrFromAllowedPeers() throws Exception {
        rig.start();
        begin();
        guard.requests = Admission.RESPOND;
        try (RawClient client = client()) {
            assertThat(client.get("/health")).startsWith("HTTP/1.1 200");
            guard.allowed = Network.list("127.0.0.0/8");
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void stillLetsRequestsBeAsynchronous() throws Exception {
        rig.start();
        begin();
        try (RawClient client = client()) {
            client.send("GET /async HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.async.get().complete();
            assertThat(client.answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void countsTheConnectionsThatTomcatHolds() throws Exception {
        connector.setProperty("maxConnections", "4");
        rig.start();
        begin();
        assertThat(listening().port).isEqualTo(connector.getLocalPort());
        assertThat(listening().control.untrackedConnections()).isZero();
        try (RawClient first = client();
                RawClient second = client()) {
            assertThat(first.get("/")).startsWith("HTTP/1.1 200");
            assertThat(second.get("/")).startsWith("HTTP/1.1 200");
            Await.until("counted", () -> listening().control.untrackedConnections() == 2);
            assertThat(listening().control.full()).isFalse();
            try (RawClient third = client();
                    RawClient fourth = client()) {
                third.get("/");
                fourth.get("/");
                Await.until("full", () -> listening().control.full());
                assertThat(listening().control.accepting()).isTrue();
            }
        }
        Await.until("counted down", () -> listening().control.untrackedConnections() == 0);
    }

    @Test
    void followsTheConnectorThroughStopsAndStarts() throws Exception {
        begin();
        assertThat(listening().control.accepting()).isFalse();
        rig.start();
        assertThat(listening().control.accepting()).isTrue();
        for (int i = 0; i < 3; i++) {
            connector.stop();
            assertThat(guard.watches).hasValue(0);
            assertThat(listening().control.accepting()).isFalse();
            connector.start();
            assertThat(guard.watches).hasValue(1);
            assertThat(listening().control.accepting()).isTrue();
            assertThat(listening().port).isEqualTo(connector.getLocalPort());
        }
        assertThat(guard.listeners.stream().filter(listening -> !listening.closed))
                .hasSize(1);
        assertThat(List.copyOf(guard.listeners)).hasSizeGreaterThan(1);
    }
}
