/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.Network;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardedConnectorTest {
    private final FakeControl guard = new FakeControl();
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws Exception {
        rig = new TomcatRig();
        rig.protocol.guardWith(guard);
    }

    @AfterEach
    void endServer() throws Exception {
        rig.close();
    }

    @Test
    void servesAdmittedConnectionsAndReportsWhenTheyAreBusyIdleAndClosed() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200").endsWith("ok");
            FakeControl.Handle handle = guard.lastHandle();
            // A request that comes before Tomcat has left the one before is the same stretch of work.
            Await.until("idle", () -> handle.working.get() == 0);
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            Await.until("idle again", () -> handle.begun.get() == 2 && handle.working.get() == 0);
            assertThat(handle.touched).hasValue(2);
            assertThat(handle.isClosed()).isFalse();
            assertThat(rig.protocol.getGuardedConnections()).isEqualTo(1);
            assertThat(rig.tomcatsCount()).isEqualTo(1);
        }
        Await.until("closed", () -> guard.open() == 0 && rig.tomcatsCount() == 0);
        assertThat(rig.protocol.getGuardedConnections()).isZero();
    }

    @Test
    void letsNewcomersWaitInTheKernelsQueueUntilThereIsAPlace() throws Exception {
        rig.start();
        guard.connections = Admission.WAIT;
        try (RawClient first = rig.client();
                RawClient second = rig.client()) {
            first.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            second.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Await.until("asked again", () -> guard.askedAgain.get() > 20);
            assertThat(guard.handles).isEmpty();
            assertThat(guard.accepts).hasValue(1);

            guard.connections = Admission.ADMIT;
            assertThat(first.answer()).startsWith("HTTP/1.1 200");
            assertThat(second.answer()).startsWith("HTTP/1.1 200");
        }
        assertThat(guard.accepts).hasValue(2);
    }

    @Test
    void stopsAlthoughSomebodyWaits() throws Exception {
        rig.start();
        guard.resetsAll = true;
        guard.connections = Admission.WAIT;
        try (RawClient client = rig.client()) {
            Await.until("asked again", () -> guard.askedAgain.get() > 0);
            rig.connector.stop();
            long then = guard.askedAgain.get();
            assertThat(client.bytesUntilItEnds()).isZero();
            assertThat(guard.askedAgain).hasValueLessThanOrEqualTo((int) then + 1);
        }
    }

    @Test
    void refusesByResetBeforeTomcatSpendsAnything() throws Exception {
        rig.start();
        guard.connections = Admission.RESET;
        for (int i = 0; i < 20; i++) {
            assertThat(RawClient.refusal(rig.port())).isEqualTo("RST");
        }
        assertThat(guard.resets).hasValue(20);
        Await.until("count exact", () -> rig.tomcatsCount() == 0);
        assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
        guard.connections = Admission.ADMIT;
        try (RawClient client = rig.client()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void leavesTheAnswerOfARefusalToTheGuard() throws Exception {
        rig.start();
        guard.connections = Admission.RESPOND;
        try (RawClient client = rig.client()) {
            Await.until("handed over", () -> guard.refused.size() == 1);
            Await.until("count exact", () -> rig.tomcatsCount() == 0);
            try (SocketChannel channel = guard.refused.get(0)) {
                assertThat(channel.isOpen()).isTrue();
                assertThat(channel.write(ByteBuffer.wrap("HTTP/1.1 503 \r\n\r\n".getBytes(StandardCharsets.US_ASCII))))
                        .isPositive();
                assertThat(client.answer()).startsWith("HTTP/1.1 503");
            }
        }
    }

    @Test
    void takesPartOfAHeadForNoWorkAndForOneTouch() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            for (String part : List.of("GE", "T / HTT", "P/1.1\r\n", "Host: a\r\n", "X-A: ")) {
                client.send(part);
                Thread.sleep(20);
            }
            FakeControl.Handle handle = guard.lastHandle();
            Await.until("touched", () -> handle.touched.get() > 0);
            assertThat(handle.begun).hasValue(0);
            assertThat(handle.touched).hasValue(1);
            assertThat(handle.evict(Closing.ORDERLY)).isTrue();
            assertThat(client.ending()).isIn("FIN", "RST");
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void evictsAnIdleConnectionByFin() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.get("/");
            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
            assertThat(guard.lastHandle().evict(Closing.ORDERLY)).isTrue();
            assertThat(client.ending()).isEqualTo("FIN");
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
        assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
    }

    @Test
    void evictsASilentConnectionByReset() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            Await.until("accepted", () -> rig.protocol.getGuardedConnections() == 1);
            try (RawClient next = rig.client()) {
                // The acceptor takes the next one when it has set the first one's options. They undo a reset that comes
                // before.
                Await.until("set up", () -> guard.handles.size() == 2);
                assertThat(guard.handles.get(0).evict(Closing.RESET)).isTrue();
                assertThat(client.ending()).isEqualTo("RST");
                assertThat(next.stillThere()).isTrue();
            }
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void closesIdleConnectionsOfADrainByResetsAsFarAsTheirBudgetGoes() throws Exception {
        rig.start();
        guard.resetsOnly = true;
        guard.resetsLeft.set(1);
        try (RawClient one = rig.client();
                RawClient two = rig.client();
                RawClient three = rig.client()) {
            List<RawClient> clients = List.of(one, two, three);
            for (RawClient client : clients) {
                client.get("/");
            }
            TomcatDrain leaving = new TomcatDrain(List.of(rig.protocol));
            leaving.leave(true);
            Await.until("all closed", () -> leaving.end() == 0);
            List<String> endings = new ArrayList<>();
            for (RawClient client : clients) {
                endings.add(client.ending());
            }
            assertThat(endings).containsExactlyInAnyOrder("RST", "FIN", "FIN");
        }
    }

    @Test
    void dropsARequestThatArrivesWhileItsConnectionIsBeingEvicted() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            Await.until("accepted", () -> rig.protocol.getGuardedConnections() == 1);
            guard.lastHandle().evicting = true;
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.ending()).isIn("FIN", "RST");
        }
        assertThat(rig.served).hasValue(0);
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void countsARequestAsWorkWhileItsThreadIsBusy() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.blocked.await();
            assertThat(guard.lastHandle().working.get()).isEqualTo(1);
            assertThat(guard.lastHandle().evict(Closing.RESET)).isFalse();
            rig.release.countDown();
            assertThat(client.answer()).startsWith("HTTP/1.1 200");
            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
        }
    }

    @Test
    void countsAnAsynchronousRequestAsWorkUntilItCompletes() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /async HTTP/1.1\r\nHost: a\r\n\r\n");
            var context = rig.async.get();
            Thread.sleep(50);
            assertThat(guard.lastHandle().working.get()).isEqualTo(1);
            context.complete();
            assertThat(client.answer()).startsWith("HTTP/1.1 200");
            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
            assertThat(guard.lastHandle().isClosed()).isFalse();
        }
    }

    @Test
    void takesAnAsynchronousRequestForOverThatCompletesAtItsTimeout() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /async-timeout HTTP/1.1\r\nHost: test\r\n\r\n").answer();

            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
            assertThat(guard.lastHandle().evict(Closing.ORDERLY)).isTrue();
            assertThat(client.ending()).isEqualTo("FIN");
        }
    }

    @Test
    void leavesUpgradedConnectionsAlone() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 101");
            Await.until(
                    "kept",
                    () -> guard.lastHandle().kept && guard.lastHandle().working.get() == 0);
        }
    }

    @Test
    void countsTheStreamsOfHttp2AsWorkAndEvictsTheConnectionBetweenThem() throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.start();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        URI uri = URI.create("http://127.0.0.1:" + rig.port() + "/");
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        FakeControl.Handle handle = guard.lastHandle();
        assertThat(guard.handles).hasSize(1);
        Await.until("idle", () -> handle.working.get() == 0);
        assertThat(handle.begun).hasValue(3);
        assertThat(handle.kept).isFalse();
        assertThat(handle.evict(Closing.ORDERLY)).isTrue();
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
        assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
        // Another client: the first may not have noticed yet that its connection is gone.
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void saysGoAwayWithTheLastStreamBeforeItClosesAnHttp2Connection() throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.start();
        try (Http2Client client = new Http2Client(rig.port())) {
            assertThat(client.get("/")).isEqualTo(1);
            assertThat(client.get("/")).isEqualTo(3);
            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
            assertThat(guard.lastHandle().evict(Closing.ORDERLY)).isTrue();
            assertThat(client.untilTheEnd()).containsExactly("GOAWAY 3 NO_ERROR", "FIN");
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
        assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
    }

    @Test
    void saysGoAwayAlsoWhereAWorkerIsAboutToLeave() throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.start();
        for (int i = 0; i < 100; i++) {
            try (Http2Client client = new Http2Client(rig.port())) {
                client.get("/");
                FakeControl.Handle handle = guard.lastHandle();
                while (handle.working.get() != 0) {
                    Thread.onSpinWait();
                }
                assertThat(handle.evict(Closing.ORDERLY)).isTrue();
                assertThat(client.untilTheEnd()).containsExactly("GOAWAY 1 NO_ERROR", "FIN");
            }
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void resetsAnHttp2ConnectionWithoutGoAwayIfToldSo() throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.start();
        try (Http2Client client = new Http2Client(rig.port())) {
            client.get("/");
            Await.until("idle", () -> guard.lastHandle().working.get() == 0);
            assertThat(guard.lastHandle().evict(Closing.RESET)).isTrue();
            assertThat(client.untilTheEnd()).containsExactly("RST");
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void closesHttp2ConnectionsThatNoWorkerIsFreeToSayGoAwayOn() throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.connector.setProperty("maxThreads", "1");
        rig.connector.setProperty("minSpareThreads", "1");
        rig.start();
        List<Http2Client> clients = new ArrayList<>();
        try (RawClient busy = rig.client()) {
            for (int i = 0; i < 6; i++) {
                clients.add(new Http2Client(rig.port()));
                clients.get(i).get("/");
            }
            List<FakeControl.Handle> idle = List.copyOf(guard.handles.subList(1, 7));
            Await.until("idle", () -> idle.stream().allMatch(handle -> handle.working.get() == 0));
            busy.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.blocked.await();
            idle.forEach(handle -> assertThat(handle.evict(Closing.ORDERLY)).isTrue());
            assertThat(guard.open()).isEqualTo(1);
            // The first four may wait for the worker; nobody has to wait for the others.
            assertThat(clients.get(4).untilTheEnd()).doesNotContain("GOAWAY 1 NO_ERROR");
            assertThat(clients.get(5).untilTheEnd()).doesNotContain("GOAWAY 1 NO_ERROR");
            // Nor for longer than the grace, once somebody else wants in.
            Await.until("closed all the same", () -> {
                try (RawClient wantsIn = rig.client()) {
                    wantsIn.closeByReset();
                    return clients.get(0).hasEnded();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            rig.release.countDown();
            assertThat(busy.answer()).startsWith("HTTP/1.1 200");
        } finally {
            for (Http2Client client : clients) {
                client.close();
            }
        }
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
        assertThat(rig.protocol.endpoint().getConnections()).isEmpty();
    }

    @Test
    void answers503WhileWorkWaitsTooLong() throws Exception {
        List<String> accessLog = new CopyOnWriteArrayList<>();
        rig.tomcat.getEngine().getPipeline().addValve(new AccessLog(accessLog));
        rig.start();
        guard.requests = Admission.RESPOND;
        try (RawClient client = rig.client()) {
            assertThat(client.get("/"))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: 2\r\n")
                    .contains("X-Tcpguard: refused; cause=work\r\n")
                    .containsOnlyOnce("Connection: close\r\n")
                    .endsWith("\r\n\r\nRefused: work waits for too long on this server.\nTry again in 2 s.\n");
            assertThat(client.ending()).isEqualTo("FIN");
        }
        Await.until("in the access log", () -> accessLog.equals(List.of("GET / HTTP/1.1 503 67 refused; cause=work")));
        assertThat(rig.served).hasValue(0);
        assertThat(guard.refusedRequests).hasValue(1);
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void resetsTheConnectionOfARefusedRequestWhileTimeWaitIsShort() throws Exception {
        rig.start();
        guard.requests = Admission.RESPOND;
        guard.resetsOnly = true;
        try (RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.ending()).isEqualTo("RST");
        }
        assertThat(rig.served).hasValue(0);
        Await.until("count exact", () -> rig.tomcatsCount() == 0 && guard.open() == 0);
    }

    @Test
    void neverRefusesRequestsToExemptPathsOrFromAllowedPeers() throws Exception {
        rig.connector.setProperty("exemptPaths", "/health, /ready");
        rig.start();
        guard.requests = Admission.RESPOND;
        try (RawClient client = rig.client()) {
            assertThat(client.get("/health")).startsWith("HTTP/1.1 200");
            assertThat(client.get("/ready")).startsWith("HTTP/1.1 200");
            guard.allowed = Network.list("127.0.0.0/8");
            assertThat(client.get("/any")).startsWith("HTTP/1.1 200");
            guard.allowed = Network.list("192.0.2.0/24");
            assertThat(client.get("/any")).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void saysThatItAcceptsOnlyWhileItDoes() throws Exception {
        rig.connector.setPort(Wire.freePort());
        GuardedHttp11NioProtocol protocol = rig.protocol;
        protocol.unguard();
        protocol.guardWith(guard);
        assertThat(guard.listeners).filteredOn(listening -> !listening.closed).hasSize(1);
        assertThat(accepting()).isFalse();
        rig.start();
        Await.until("accepts", this::accepting);
        rig.connector.pause();
        assertThat(accepting()).isFalse();
        rig.connector.resume();
        Await.until("accepts again", this::accepting);
        rig.connector.stop();
        assertThat(accepting()).isFalse();
        assertThat(guard.listeners.get(guard.listeners.size() - 1).closed).isFalse();
        rig.connector.start();
        Await.until("accepts after a restart", this::accepting);
        assertThat(guard.watches).hasValue(1);
    }

    @Test
    void leavesNothingBehindAfterFiftyStopsAndStarts() throws Exception {
        rig.start();
        for (int i = 0; i < 50; i++) {
            try (RawClient client = rig.client()) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200");
                rig.connector.stop();
                assertThat(guard.watches).hasValue(0);
                Await.until("all closed", () -> guard.open() == 0);
                rig.connector.start();
            }
        }
        assertThat(guard.listeners.stream().filter(listening -> !listening.closed))
                .hasSize(1);
        assertThat(guard.watches).hasValue(1);
        rig.protocol.unguard();
        assertThat(guard.listeners).allMatch(listening -> listening.closed);
        assertThat(guard.watches).hasValue(0);
        try (RawClient client = rig.client()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        }
        assertThat(guard.open()).isZero();
    }

    @Test
    void hasOneGuardAtATime() {
        assertThatThrownBy(() -> rig.protocol.guardWith(new FakeControl()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected: none");
    }

    private boolean accepting() {
        return guard.listeners.get(guard.listeners.size() - 1).control.accepting();
    }
}
