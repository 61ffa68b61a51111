/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.SelfSigned;
import io.tcpguard.testkit.TlsHandshake;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server with descriptors to spare and 64 MiB of heap, and 15,000 clients that sit. */
@Tag("record")
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class MemoryFloodTest {
    private static final int CLIENTS = 15_000;
    private static final int SESSIONS = 8;
    private static final long STAYS = TimeUnit.SECONDS.toNanos(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<SocketChannel> crowd = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable SSLContext tls;

    private enum Sits {
        AFTER_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        IN_HALF_A_HEAD("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "session=0123456789abcdef; ".repeat(120)),
        READING_SLOWLY("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"),
        IN_HALF_A_BODY("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n" + "half".repeat(100));

        private final String text;

        Sits(String text) {
            this.text = text;
        }
    }

    @AfterEach
    void leave() throws IOException {
        over.set(true);
        threads.shutdownNow();
        for (SocketChannel one : crowd) {
            one.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Sits.class)
    void neitherStopsAGuardedServerNorEndsASession(Sits sits) throws Exception {
        staysInService(sits, CLIENTS);
    }

    /** Each handshake takes some milliseconds of both sides. */
    @ParameterizedTest
    @EnumSource(Sits.class)
    void norOverTls(Sits sits) throws Exception {
        tls = SelfSigned.trusting();
        staysInService(sits, 6_000);
    }

    private void staysInService(Sits sits, int clients) throws Exception {
        try (ChildServer server = server("on")) {
            List<Future<Integer>> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                Socket session = connected(server);
                DataInputStream in = new DataInputStream(session.getInputStream());
                // Before the others come.
                ask(session, in, 0);
                sessions.add(threads.submit(() -> converse(session, in)));
            }
            Future<Integer> checks = threads.submit(() -> checkHealth(server));

            int came = come(server, sits, clients);
            LockSupport.parkNanos(STAYS);
            ChildServer.Numbers full = server.numbers();
            System.out.println(sits + (tls == null ? ": " : " over TLS: ") + came + " came, " + full);
            over.set(true);

            for (Future<Integer> session : sessions) {
                assertThat(session.get(60, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(checks.get(60, TimeUnit.SECONDS)).isPositive();
            assertThat(server.log()).doesNotContain("OutOfMemoryError");
            assertThat(served(server)).isTrue();
        }
    }

    /** What the same does without a guard. */
    @Test
    void stopsAServerWithoutGuard() throws Exception {
        try (ChildServer server = server("off")) {
            come(server, Sits.IN_HALF_A_HEAD, CLIENTS);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));

            assertThat(served(server) && !server.log().contains("OutOfMemoryError"))
                    .as("served, and nothing of memory in %s", server.log())
                    .isFalse();
        }
    }

    private ChildServer server(String guard) throws Exception {
        List<String> args =
                new ArrayList<>(List.of("NIO", "HTTP1", guard, "-Xmx64m", "-Dio.netty.leakDetection.level=disabled"));
        if (tls != null) {
            args.add("-D" + Tls.KEYS + "=" + Tls.keys());
        }
        return new ChildServer(20_000, NettyLine.V4_1.classPath(), args.toArray(String[]::new));
    }

    /** All of them, as fast as the server takes them; those that it closes do not come back. */
    private int come(ChildServer server, Sits sits, int clients) throws IOException {
        byte[] bytes = sits.text.getBytes(StandardCharsets.US_ASCII);
        int came = 0;
        for (int i = 0; i < clients; i++) {
            SocketChannel one = SocketChannel.open();
            one.setOption(StandardSocketOptions.SO_LINGER, 0);
            if (sits == Sits.READING_SLOWLY) {
                one.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            }
            try {
                one.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 2_000);
                one.configureBlocking(false);
                if (tls == null) {
                    one.write(ByteBuffer.wrap(bytes));
                } else {
                    shakeHands(one, bytes);
                }
                came++;
            } catch (IOException refused) {
                // A reset, or it does not accept any more: what becomes of the server is asked afterwards.
                one.close();
                continue;
            }
            crowd.add(one);
            if (i % 100 == 99) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        return came;
    }

    /** Waits for a second at most: a new one may have to wait for its turn, and is then as silent as it can be. */
    private void shakeHands(SocketChannel channel, byte[] bytes) throws IOException {
        TlsHandshake handshake = new TlsHandshake(Objects.requireNonNull(tls));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() - end < 0) {
            if (handshake.goOn(channel)) {
                handshake.write(channel, bytes);
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void ask(Socket session, DataInputStream in, int n) throws IOException {
        session.getOutputStream().write(Speech.HTTP1.ask(n));
        Speech.HTTP1.answer(in);
    }

    private int converse(Socket session, DataInputStream in) throws IOException {
        try (session) {
            int answers = 0;
            while (!over.get()) {
                ask(session, in, answers + 1);
                answers++;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
            return answers;
        }
    }

    private int checkHealth(ChildServer server) throws IOException {
        int answered = 0;
        while (!over.get()) {
            try (Socket check = new Socket()) {
                check.setSoTimeout(20_000);
                check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.healthPort), 20_000);
                check.getOutputStream()
                        .write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(check.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200");
                answered++;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        return answered;
    }

    /** Some newcomer within a few tries, since each may be told to come back. */
    private boolean served(ChildServer server) {
        for (int i = 0; i < 10; i++) {
            try (Socket client = connected(server)) {
                client.setSoTimeout(5_000);
                client.getOutputStream().write(Speech.HTTP1.ask(0));
                Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
                return true;
            } catch (IOException refused) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
        return false;
    }

    private Socket connected(ChildServer server) throws IOException {
        Socket client = tls == null ? new Socket() : tls.getSocketFactory().createSocket();
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        return client;
    }
}
