/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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

    private enum Sits {
        AFTER_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        IN_HALF_A_HEAD("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + "session=0123456789abcdef; ".repeat(120)),
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

            int came = come(server, sits);
            LockSupport.parkNanos(STAYS);
            ChildServer.Numbers full = server.numbers();
            System.out.println(sits + ": " + came + " came, " + full);
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
            come(server, Sits.IN_HALF_A_HEAD);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));

            assertThat(served(server) && !server.log().contains("OutOfMemoryError"))
                    .as("served, and nothing of memory in %s", server.log())
                    .isFalse();
        }
    }

    private static ChildServer server(String guard) throws Exception {
        return new ChildServer(
                20_000,
                NettyLine.V4_1.classPath(),
                "NIO",
                "HTTP1",
                guard,
                "-Xmx64m",
                "-Dio.netty.leakDetection.level=disabled");
    }

    /** All of them, as fast as the server takes them; those that it closes do not come back. */
    private int come(ChildServer server, Sits sits) throws IOException {
        byte[] bytes = sits.text.getBytes(StandardCharsets.US_ASCII);
        int came = 0;
        for (int i = 0; i < CLIENTS; i++) {
            SocketChannel one = SocketChannel.open();
            one.setOption(StandardSocketOptions.SO_LINGER, 0);
            try {
                one.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 2_000);
                one.configureBlocking(false);
                one.write(ByteBuffer.wrap(bytes));
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
    private static boolean served(ChildServer server) {
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

    private static Socket connected(ChildServer server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        return client;
    }
}
