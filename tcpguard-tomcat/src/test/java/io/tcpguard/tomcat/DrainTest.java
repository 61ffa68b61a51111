/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.catalina.Context;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each drain may take an hour for work in progress: it is over because nothing is. */
@Timeout(60)
class DrainTest {
    private static final Duration LONG = Duration.ofHours(1);

    private TcpGuard guard;
    private TomcatRig rig;

    @BeforeEach
    void makeServer() throws Exception {
        guard = TcpGuard.builder().build().start();
        rig = new TomcatRig();
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        rig.protocol.guardWith(guard);
    }

    @AfterEach
    void endServer() throws Exception {
        guard.close();
        rig.close();
    }

    private CompletableFuture<Void> drain(Duration notice) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                TomcatGuard.drain(guard, List.of(rig.connector), notice, LONG);
                drained.complete(null);
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return drained;
    }

    @Test
    void closesIdleConnectionsAndIsOver() throws Exception {
        rig.start();
        try (RawClient asked = rig.client();
                RawClient silent = rig.client();
                RawClient half = rig.client();
                Http2Client multiplexed = new Http2Client(rig.port())) {
            assertThat(asked.get("/")).startsWith("HTTP/1.1 200");
            half.send("GET / HT");
            multiplexed.get("/");
            Await.until("open", () -> rig.protocol.getGuardedConnections() == 4);

            drain(Duration.ofMillis(200)).get(30, TimeUnit.SECONDS);

            assertThat(asked.ending()).isEqualTo("FIN");
            assertThat(silent.ending()).isEqualTo("FIN");
            assertThat(half.ending()).isEqualTo("FIN");
            assertThat(multiplexed.untilTheEnd())
                    .containsExactly("GOAWAY 2147483647 NO_ERROR", "GOAWAY 1 NO_ERROR", "FIN");
            assertThat(rig.protocol.getGuardedConnections()).isZero();
        }
    }

    @Test
    void letsAStreamEndThatIsInProgressAndTellsItsClientBefore() throws Exception {
        rig.start();
        try (Http2Client client = new Http2Client(rig.port())) {
            CompletableFuture<List<String>> seen = CompletableFuture.supplyAsync(() -> {
                try {
                    client.get("/block");
                    return client.untilTheEnd();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            rig.blocked.await();
            CompletableFuture<Void> drained = drain(Duration.ofMillis(100));
            Await.until("notice is over", () -> rig.protocol.endpoint().closesAnswered());
            TimeUnit.MILLISECONDS.sleep(300);
            assertThat(drained).isNotDone();
            assertThat(seen).isNotDone();

            rig.release.countDown();

            drained.get(30, TimeUnit.SECONDS);
            // The first GOAWAY came before the answer, which get() passed over.
            assertThat(seen.get(30, TimeUnit.SECONDS)).containsExactly("GOAWAY 1 NO_ERROR", "FIN");
        }
    }

    @Test
    void waitsForAnAnswerThatIsSentAsynchronously() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /async HTTP/1.1\r\nHost: a\r\n\r\n");
            var async = rig.async.get(30, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = drain(Duration.ZERO);
            Await.until("notice is over", () -> rig.protocol.endpoint().closesAnswered());
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(drained).isNotDone();

            async.complete();

            assertThat(client.answer()).startsWith("HTTP/1.1 200");
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void tellsWebSocketClientsToGo() throws Exception {
        Context context = (Context) rig.tomcat.getHost().findChildren()[0];
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer(
                (classes, servlets) -> {
                    try {
                        ((ServerContainer) servlets.getAttribute(ServerContainer.class.getName()))
                                .addEndpoint(ServerEndpointConfig.Builder.create(Quiet.class, "/ws")
                                        .build());
                    } catch (jakarta.websocket.DeploymentException e) {
                        throw new IllegalStateException(e);
                    }
                },
                null);
        rig.start();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + rig.port() + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
                        closed.complete(status);
                        return closed;
                    }
                })
                .get(30, TimeUnit.SECONDS);

        drain(Duration.ofMillis(100)).get(30, TimeUnit.SECONDS);

        assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(1001);
    }

    /** Says nothing. */
    public static final class Quiet extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            // Idle from here on.
        }
    }

    /** Eight clients, half of them with HTTP/2, who go as soon as they see that health is down. */
    @Test
    void losesNoRequestWhereAPlainStopLosesSome() throws Exception {
        Crew guarded = new Crew(rig.start());
        guarded.work(() -> guard.snapshot().verdict().up());
        Await.until("at work", () -> rig.served.get() > 16);
        TomcatGuard.drainAndStop(guard, rig.tomcat.getServer(), Duration.ofSeconds(1), LONG);
        try (TomcatRig plain = new TomcatRig()) {
            plain.connector.addUpgradeProtocol(new Http2Protocol());
            Crew unguarded = new Crew(plain.start());
            unguarded.work(() -> true);
            Await.until("at work", () -> plain.served.get() > 16);
            plain.tomcat.stop();

            assertThat(guarded.lost(Duration.ofSeconds(30))).isZero();
            // Nobody answers any more: who has none by now is left without one.
            assertThat(unguarded.lost(Duration.ofSeconds(2))).isPositive();
        }
    }

    private static final class Crew {
        /** Longer than a busy machine needs for eight requests of clients that are cold. */
        private static final Duration PATIENCE = Duration.ofSeconds(25);

        private final List<CompletableFuture<Boolean>> clients = new java.util.ArrayList<>();
        private final int port;

        Crew(TomcatRig rig) {
            port = rig.port();
        }

        void work(java.util.function.BooleanSupplier goOn) {
            for (int i = 0; i < 8; i++) {
                HttpClient client = HttpClient.newBuilder()
                        .version(i % 2 == 0 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                        .build();
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/slow"))
                        .timeout(PATIENCE)
                        .build();
                clients.add(CompletableFuture.supplyAsync(() -> losesOne(client, request, goOn), task -> {
                    Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    thread.start();
                }));
            }
        }

        private static boolean losesOne(
                HttpClient client, HttpRequest request, java.util.function.BooleanSupplier goOn) {
            try {
                while (goOn.getAsBoolean()) {
                    if (client.send(request, HttpResponse.BodyHandlers.ofString())
                                    .statusCode()
                            != 200) {
                        return true;
                    }
                }
                return false;
            } catch (IOException | InterruptedException e) {
                return true;
            }
        }

        /** Who lost a request, or waits for an answer still after this. */
        long lost(Duration within) throws Exception {
            long deadline = System.nanoTime() + within.toNanos();
            long lost = 0;
            for (CompletableFuture<Boolean> client : clients) {
                try {
                    long left = Math.max(1, deadline - System.nanoTime());
                    lost += client.get(left, TimeUnit.NANOSECONDS) ? 1 : 0;
                } catch (TimeoutException e) {
                    lost++;
                }
            }
            return lost;
        }
    }
}
