/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.catalina.Context;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            Await.until(
                    "notice is over", () -> rig.protocol.endpoint().guarding().closesAnswered());
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
            Await.until(
                    "notice is over", () -> rig.protocol.endpoint().guarding().closesAnswered());
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(drained).isNotDone();

            async.complete();

            assertThat(client.answer()).startsWith("HTTP/1.1 200");
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void isOverWhenAFileThatWasSentIsOutThoughNobodyComes() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            assertThat(client.get("/file")).hasSizeGreaterThan(TomcatRig.BIG);

            drain(Duration.ZERO).get(30, TimeUnit.SECONDS);

            assertThat(client.ending()).isEqualTo("FIN");
        }
    }

    @Test
    void isOverWhenAFileThatIsBeingSentIsOut() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
            client.head();
            CompletableFuture<Void> drained = drain(Duration.ZERO);
            Await.until(
                    "notice is over", () -> rig.protocol.endpoint().guarding().closesAnswered());
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(drained).isNotDone();

            assertThat(client.in().readNBytes(TomcatRig.BIG)).hasSize(TomcatRig.BIG);

            drained.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void tellsAClientOfHttp2ToGoThatComesWhenTheNoticeIsOver() throws Exception {
        rig.start();
        try (RawClient busy = rig.client()) {
            busy.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.blocked.await();
            CompletableFuture<Void> drained = drain(Duration.ZERO);
            Await.until(
                    "notice is over", () -> rig.protocol.endpoint().guarding().closesAnswered());
            try (Http2Client late = new Http2Client(rig.port())) {
                CompletableFuture<Integer> stream = CompletableFuture.supplyAsync(() -> {
                    try {
                        return late.get("/async");
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                var async = rig.async.get(30, TimeUnit.SECONDS);
                Await.until("told", () -> late.goAways().equals(List.of("GOAWAY 2147483647 NO_ERROR")));
                async.complete();
                assertThat(stream.get(30, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(late.untilTheEnd()).containsExactly("GOAWAY 1 NO_ERROR", "FIN");
            }
            rig.release.countDown();
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    /** As many as have threads are at work, and another one's request waits for a thread. */
    @Test
    void servesTheRequestsThatWaitForAThread() throws Exception {
        rig.connector.setProperty("maxThreads", "1");
        rig.connector.setProperty("minSpareThreads", "1");
        rig.start();
        try (RawClient busy = rig.client();
                RawClient kept = rig.client();
                RawClient fresh = rig.client()) {
            assertThat(kept.get("/")).startsWith("HTTP/1.1 200");
            busy.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.blocked.await();
            kept.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            fresh.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            CompletableFuture<Void> drained = drain(Duration.ZERO);
            // Longer than a connection that says nothing is waited for.
            TimeUnit.MILLISECONDS.sleep(1_500);
            assertThat(drained).isNotDone();

            rig.release.countDown();

            assertThat(busy.answer()).startsWith("HTTP/1.1 200");
            assertThat(kept.answer()).startsWith("HTTP/1.1 200");
            assertThat(fresh.answer()).startsWith("HTTP/1.1 200");
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/stream", "/error", "/reset"})
    void answersSayThatTheyEndTheirConnectionWhateverTheApplicationDoesToTheHead(String path) throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.get("/");
            new TomcatDrain(List.of(rig.protocol)).leave(true);

            client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.untilTheEnd()).containsOnlyOnce("Connection: close\r\n");
        }
    }

    /** Where the end of the connection is the end of the body, nobody can tell a whole answer from half of one. */
    @Test
    void answersWithoutALengthAreInChunksAsEver() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.get("/");
            new TomcatDrain(List.of(rig.protocol)).leave(true);

            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.untilTheEnd())
                    .contains("Transfer-Encoding: chunked\r\n")
                    .endsWith("2\r\nok\r\n0\r\n\r\n");
        }
    }

    @Test
    void anUpgradeIsAnUpgrade() throws Exception {
        rig.start();
        try (RawClient client = rig.client()) {
            client.get("/");
            new TomcatDrain(List.of(rig.protocol)).leave(true);

            client.send("GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\n");

            assertThat(client.head()).startsWith("HTTP/1.1 101").doesNotContain("close");
            assertThat(client.stillThere()).isTrue();
        }
    }

    @Test
    void tellsWebSocketClientsToGo() throws Exception {
        addWebSockets(rig);
        rig.start();
        Talker client = new Talker(rig.port());

        drain(Duration.ofMillis(100)).get(30, TimeUnit.SECONDS);

        assertThat(client.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1001);
    }

    /** Clients who say no more as soon as they see that health is down. */
    @Test
    void losesNoWordOfAWebSocketWhereAPlainStopLosesSome() throws Exception {
        addWebSockets(rig);
        rig.start();
        try (TomcatRig plain = new TomcatRig()) {
            addWebSockets(plain);
            plain.start();
            List<Talker> guarded = talkers(rig, () -> guard.snapshot().verdict().up());
            List<Talker> unguarded = talkers(plain, () -> true);

            TomcatGuard.drainAndStop(guard, rig.tomcat.getServer(), Duration.ofMillis(500), LONG);
            plain.tomcat.stop();

            assertThat(Talker.lost(guarded)).isZero();
            for (Talker each : guarded) {
                assertThat(each.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1001);
            }
            assertThat(Talker.lost(unguarded)).isPositive();
        }
    }

    private static List<Talker> talkers(TomcatRig at, BooleanSupplier goOn) throws Exception {
        List<Talker> talkers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Talker talker = new Talker(at.port());
            talkers.add(talker);
            talker.talk(goOn);
        }
        for (Talker talker : talkers) {
            Await.until("talks", () -> talker.heard.get() > 2);
        }
        return talkers;
    }

    private static void addWebSockets(TomcatRig to) {
        Context context = (Context) to.tomcat.getHost().findChildren()[0];
        context.addServletContainerInitializer(new WsSci(), null);
        context.addServletContainerInitializer(
                (classes, servlets) -> {
                    try {
                        ((ServerContainer) servlets.getAttribute(ServerContainer.class.getName()))
                                .addEndpoint(ServerEndpointConfig.Builder.create(Thoughtful.class, "/ws")
                                        .build());
                    } catch (jakarta.websocket.DeploymentException e) {
                        throw new IllegalStateException(e);
                    }
                },
                null);
    }

    /** Says each word again after a while. */
    public static final class Thoughtful extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) word -> {
                try {
                    Thread.sleep(50);
                    session.getBasicRemote().sendText(word);
                } catch (IOException | InterruptedException | IllegalStateException e) {
                    // The session is over.
                    return;
                }
            });
        }
    }

    /** A client that says a word, waits for it to come back, and says the next. */
    private static final class Talker implements WebSocket.Listener {
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        final AtomicInteger heard = new AtomicInteger();
        private final CompletableFuture<Boolean> lost = new CompletableFuture<>();
        private final WebSocket socket;

        Talker(int port) throws Exception {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://localhost:" + port + "/ws"), this)
                    .get(30, TimeUnit.SECONDS);
        }

        void talk(BooleanSupplier goOn) {
            Thread thread = new Thread(() -> {
                while (goOn.getAsBoolean()) {
                    int before = heard.get();
                    // A word that can't be sent is not heard.
                    CompletableFuture<WebSocket> unused = socket.sendText("word", true);
                    while (heard.get() == before) {
                        if (closed.isDone()) {
                            lost.complete(true);
                            return;
                        }
                        LockSupport.parkNanos(1_000_000);
                    }
                }
                lost.complete(false);
            });
            thread.setDaemon(true);
            thread.start();
        }

        static long lost(List<Talker> talkers) throws Exception {
            long lost = 0;
            for (Talker each : talkers) {
                lost += each.lost.get(30, TimeUnit.SECONDS) ? 1 : 0;
            }
            return lost;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            heard.incrementAndGet();
            from.request(1);
            return CompletableFuture.completedFuture(text);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedFuture(reason);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.complete(-1);
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

        private final List<CompletableFuture<Boolean>> clients = new ArrayList<>();
        private final int port;

        Crew(TomcatRig rig) {
            port = rig.port();
        }

        void work(BooleanSupplier goOn) {
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

        private static boolean losesOne(HttpClient client, HttpRequest request, BooleanSupplier goOn) {
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
