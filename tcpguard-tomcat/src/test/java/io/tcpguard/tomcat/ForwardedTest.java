/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.FakeControl;
import java.io.IOException;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.valves.RemoteIpValve;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests are ranked by the client that Tomcat's own valve names, and by nobody whom that does not trust. */
class ForwardedTest {
    private static final String CLIENT = "198.51.100.7";
    private static final String OTHER = "203.0.113.1";

    private final FakeControl guard = new FakeControl();
    private final RemoteIpValve trust = new RemoteIpValve();
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws IOException {
        rig = new TomcatRig();
        guard.refusedClients.add(CLIENT);
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    private void start(Valve... ofTheEngine) throws Exception {
        for (Valve valve : ofTheEngine) {
            rig.tomcat.getEngine().getPipeline().addValve(valve);
        }
        GuardedServer.guard(rig.tomcat.getServer(), guard);
        rig.start();
    }

    private String ask(String path, String headers) throws IOException {
        try (RawClient client = rig.client()) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n")
                    .answer();
        }
    }

    private static String forwardedFor(String clients) {
        return "X-Forwarded-For: " + clients + "\r\n";
    }

    @Test
    void refusesOneClientAndServesOthersOfTheSameProxy() throws Exception {
        start(trust);

        assertThat(ask("/", forwardedFor(CLIENT))).startsWith("HTTP/1.1 503").contains("Retry-After: ");
        assertThat(ask("/", forwardedFor(OTHER))).startsWith("HTTP/1.1 200");
        assertThat(ask("/", "")).startsWith("HTTP/1.1 200");
        assertThat(ask("/health", forwardedFor(CLIENT))).doesNotContain(" 503");
        assertThat(guard.forwarded).containsExactly(CLIENT, OTHER, CLIENT);
        assertThat(rig.served).hasValue(3);
    }

    @Test
    void goesByTheAddressThatTheProxySawAndNotByWhatItsClientWrote() throws Exception {
        start(trust);

        assertThat(ask("/", forwardedFor(OTHER + ", " + CLIENT))).startsWith("HTTP/1.1 503");
        assertThat(ask("/", forwardedFor(CLIENT + ", " + OTHER))).startsWith("HTTP/1.1 200");
    }

    @Test
    void believesNoPeerThatTheValveDoesNotTrustAndNoHeaderWithoutAValve() throws Exception {
        trust.setInternalProxies("10\\.0\\.0\\.1");
        start(trust);
        assertThat(ask("/", forwardedFor(CLIENT))).startsWith("HTTP/1.1 200");
        rig.close();

        rig = new TomcatRig();
        start();
        assertThat(ask("/", forwardedFor(CLIENT))).startsWith("HTTP/1.1 200");
        assertThat(guard.forwarded).isEmpty();
    }

    @Test
    void worksBehindTheValveOfAHostAndLeavesNothingBehind() throws Exception {
        rig.tomcat.getHost().getPipeline().addValve(trust);
        GuardedServer guarded = GuardedServer.guard(rig.tomcat.getServer(), guard);
        rig.start();

        assertThat(ask("/", forwardedFor(CLIENT))).startsWith("HTTP/1.1 503");
        guarded.restore();
        assertThat(ask("/", forwardedFor(CLIENT))).startsWith("HTTP/1.1 200");
        assertThat(rig.tomcat.getHost().getPipeline().getValves())
                .noneMatch(valve -> valve.getClass().getName().startsWith("io.tcpguard."));
    }

    @Test
    void worksForAConnectorWithTomcatsOwnProtocol() throws Exception {
        Connector stock = new Connector();
        stock.setPort(0);
        rig.tomcat.getService().addConnector(stock);
        start(trust);

        try (RawClient client = new RawClient(stock.getLocalPort())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n" + forwardedFor(CLIENT) + "\r\n")
                            .answer())
                    .startsWith("HTTP/1.1 503");
        }
    }
}
