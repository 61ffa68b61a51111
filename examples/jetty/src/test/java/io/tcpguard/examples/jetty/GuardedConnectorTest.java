/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.AdapterRules;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over real sockets, with a guard that decides what the test says. */
class GuardedConnectorTest {
    private final FakeControl guard = new FakeControl();
    private final Server server = new Server();
    private final GuardedConnector connector = new GuardedConnector(server, guard, new HttpConnectionFactory());
    private final CompletableFuture<Callback> held = new CompletableFuture<>();

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.setHandler(new GuardedHandler(new Handler.Wrapper(new JettyMain.App()) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                if (request.getHttpURI().getPath().equals("/held")) {
                    held.complete(callback);
                    return true;
                }
                return super.handle(request, response, callback);
            }
        }));
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void usesOnlyWhatTheCoreExports() {
        AdapterRules.check(GuardedConnector.class);
    }

    @Test
    void tellsOfEachConnectionThatItCameThatItWorkedAndThatItWent() throws Exception {
        try (Socket client = connect()) {
            assertThat(get(client, "/")).startsWith("HTTP/1.1 200").endsWith("hello");
            assertThat(guard.lastHandle().source).isEqualTo(InetAddress.getLoopbackAddress());
            assertThat(guard.lastHandle().begun).hasValue(1);
            assertThat(guard.lastHandle().touched).hasPositiveValue();
            Await.until("sent", () -> guard.lastHandle().sent.get() > 0);
            Await.until("idle", () -> !guard.lastHandle().working());
        }
        Await.until("closed", () -> guard.open() == 0);
    }

    @Test
    void isAtWorkUntilTheAnswerIsWritten() throws Exception {
        try (Socket client = connect()) {
            send(client, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            Callback answer = held.get();
            assertThat(guard.lastHandle().working()).isTrue();
            assertThat(guard.lastHandle().evict(Closing.ORDERLY)).isFalse();
            answer.succeeded();
            Await.until("idle", () -> !guard.lastHandle().working());
        }
    }

    @Test
    void refusesByAResetAndHandsAnswersToTheGuard() throws Exception {
        guard.connections = Admission.RESET;
        try (Socket client = connect()) {
            assertThat(ended(client)).isTrue();
        }
        guard.connections = Admission.RESPOND;
        try (Socket client = connect()) {
            Await.until("handed over", () -> !guard.refused.isEmpty());
            guard.refused.get(0).close();
            assertThat(ended(client)).isTrue();
        }
        assertThat(guard.handles).isEmpty();
    }

    @Test
    void waitsWithAConnectionUntilThereIsASlot() throws Exception {
        guard.connections = Admission.WAIT;
        try (Socket client = connect()) {
            Await.until("asked again", () -> guard.askedAgain.get() > 3);
            guard.connections = Admission.ADMIT;
            assertThat(get(client, "/")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void stopsWithAConnectionThatWaits() throws Exception {
        guard.connections = Admission.WAIT;
        try (Socket client = connect()) {
            Await.until("asked again", () -> guard.askedAgain.get() > 3);
            server.stop();
            Await.until("given up", () -> guard.refused.size() == 1);
            guard.refused.get(0).close();
            assertThat(ended(client)).isTrue();
        }
    }

    @Test
    void evictsAnIdleConnection() throws Exception {
        for (Closing how : Closing.values()) {
            try (Socket client = connect()) {
                get(client, "/");
                Await.until("idle", () -> !guard.lastHandle().working());
                assertThat(guard.lastHandle().evict(how)).isTrue();
                assertThat(guard.lastHandle().isClosed()).isTrue();
                assertThat(ended(client)).isTrue();
            }
        }
    }

    /** A client that owes the rest of its body, or takes no more of its answer, waits for nobody but itself. */
    @Test
    void saysThatWorkWaitsForItsClientAndEndsIt() throws Exception {
        for (String request :
                new String[] {"POST /read HTTP/1.1\r\nContent-Length: 9\r\nHost: a\r\n\r\nhalf", bigRequests()}) {
            try (Socket client = connect()) {
                send(client, request);
                Await.until("unfinished", () -> !guard.handles.isEmpty() && guard.lastHandle().unfinished);
                assertThat(guard.onlyListener().control.endStalledWork(Long.MAX_VALUE, 9, Closing.RESET))
                        .isZero();
                Await.until(
                        "ended", () -> guard.onlyListener().control.endStalledWork(1_000_000, 9, Closing.RESET) == 1);
                Await.until(
                        "books right",
                        () -> guard.lastHandle().isClosed()
                                && !guard.lastHandle().working());
            }
        }
    }

    /** More than all buffers between the two take. */
    private static String bigRequests() {
        return "GET /big HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20);
    }

    @Test
    void answers503WhileWorkWaitsTooLong() throws Exception {
        guard.requests = Admission.RESPOND;
        try (Socket client = connect()) {
            assertThat(get(client, "/"))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: 2", "X-Tcpguard: refused; cause=work", "Connection: close");
            assertThat(ended(client)).isTrue();
        }
        assertThat(guard.refusedRequests).hasValue(1);
        Await.until(
                "nothing in progress",
                () -> guard.open() == 0 && !guard.lastHandle().working());
    }

    @Test
    void drainsWithoutLosingARequest() throws Exception {
        try (Socket idle = connect();
                Socket busy = connect()) {
            get(idle, "/");
            send(busy, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            Callback answer = held.get();
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> {
                try {
                    connector.drain(Duration.ofMillis(100), Duration.ofSeconds(30));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(ended(idle)).isTrue();
            assertThat(drained).isNotDone();
            answer.succeeded();
            assertThat(read(busy)).startsWith("HTTP/1.1 200");
            drained.get();
            assertThat(guard.draining).isEqualTo("stopping");
        }
    }

    /** Who has just connected has a request on its way. */
    @Test
    void drainsWithoutLosingTheFirstRequestOfANewConnection() throws Exception {
        try (Socket client = connect()) {
            Await.until("accepted", () -> guard.open() == 1);
            // Jetty has made its own connection of it by then.
            Thread.sleep(200);
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> {
                try {
                    connector.drain(Duration.ZERO, Duration.ofSeconds(30));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until("looked at", () -> guard.draining != null);
            Thread.sleep(100);
            assertThat(get(client, "/")).startsWith("HTTP/1.1 200").contains("Connection: close");
            drained.get();
        }
    }

    @Test
    void tellsOfAClientThatSpeaksForOthers() throws Exception {
        try (Socket client = connect()) {
            send(client, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n");
            assertThat(read(client)).startsWith("HTTP/1.1 200");
            assertThat(guard.lastHandle().forwards).isTrue();
        }
    }

    @Test
    void isWatchedFromItsStartToItsEndAndSeenWhileItIsStopped() throws Exception {
        assertThat(guard.watches).hasValue(1);
        assertThat(guard.onlyListener().port).isEqualTo(connector.getLocalPort());
        assertThat(guard.onlyListener().control.accepting()).isTrue();
        connector.stop();
        assertThat(guard.watches).hasValue(0);
        assertThat(guard.onlyListener().control.accepting()).isFalse();
        assertThat(guard.onlyListener().closed).isFalse();
        connector.start();
        assertThat(guard.listeners).hasSize(2);
        assertThat(guard.onlyListener().closed).isTrue();
        server.stop();
        connector.destroy();
        assertThat(guard.lastListener().closed).isTrue();
    }

    @Test
    void startsAllTheSameWithoutAGuardThatRunsOrWithoutTheHandler() throws Exception {
        guard.dead = true;
        connector.stop();
        connector.start();
        try (Socket client = connect()) {
            assertThat(get(client, "/")).startsWith("HTTP/1.1 200");
        }
        assertThat(guard.handles).isEmpty();
    }

    @Test
    void isServedBehindARealGuard() throws Exception {
        Server real = new Server();
        try (TcpGuard running = TcpGuard.builder().healthPort(0).build().start()) {
            GuardedConnector guarded = new GuardedConnector(real, running, new HttpConnectionFactory());
            real.addConnector(guarded);
            real.setHandler(new GuardedHandler(new JettyMain.App()));
            real.start();
            try (Socket client = connect(guarded)) {
                assertThat(get(client, "/")).startsWith("HTTP/1.1 200");
                Await.until(
                        "in the books",
                        () -> running.snapshot().capacity().own() == 1
                                || !running.snapshot().capacity().known());
                assertThat(running.snapshot().verdict().up()).isTrue();
            }
        } finally {
            LifeCycle.stop(real);
        }
    }

    private Socket connect() throws IOException {
        return connect(connector);
    }

    private static Socket connect(GuardedConnector to) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(30_000);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to.getLocalPort()));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String get(Socket socket, String path) throws IOException {
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        return read(socket);
    }

    /** One answer with a Content-Length, or none of body. */
    private static String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return answer.toString();
            }
            answer.append((char) b);
        }
        int at = answer.indexOf("Content-Length: ");
        int length = at < 0 ? 0 : Integer.parseInt(answer.substring(at + 16, answer.indexOf("\r\n", at)));
        return answer + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return e instanceof java.net.SocketException;
        }
    }
}
