/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.netty.ChildServer.Numbers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A flood against a server with 256 descriptors in a JVM of its own. */
@Timeout(180)
class FloodTest {
    private static final int DESCRIPTORS = 256;
    private static final int SESSIONS = 20;
    private static final int SITTERS = 400;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void close() throws IOException {
        over.set(true);
        clients.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, HTTP1", "EPOLL, RAW"})
    void neitherStopsTheServerNorHurtsWhoIsActive(Transport transport, Speech speech) throws Exception {
        Numbers end = flood(NettyLine.V4_1, transport, speech, "on", 1_000);

        assertThat(end.refused() + end.evicted()).isPositive();
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "V4_1, NIO, HTTP1",
        "V4_1, NIO, HTTP2",
        "V4_1, NIO, RAW",
        "V4_1, EPOLL, HTTP1",
        "V4_1, EPOLL, HTTP2",
        "V4_1, EPOLL, RAW",
        "V4_2, NIO, HTTP1",
        "V4_2, NIO, HTTP2",
        "V4_2, NIO, RAW",
        "V4_2, EPOLL, HTTP1",
        "V4_2, EPOLL, HTTP2",
        "V4_2, EPOLL, RAW",
        "V4_2, IO_URING, HTTP1",
        "V4_2, IO_URING, HTTP2",
        "V4_2, IO_URING, RAW"
    })
    void leavesExactCountsAfterTenThousandRefusals(NettyLine netty, Transport transport, Speech speech)
            throws Exception {
        Numbers end = flood(netty, transport, speech, "refusing", 10_000);

        assertThat(end.refused()).isGreaterThanOrEqualTo(10_000);
        assertThat(end.evicted()).isZero();
    }

    @Test
    void stopsAServerWithoutGuard() throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, NettyLine.V4_1.classPath(), "EPOLL", "HTTP1", "off")) {
            sit(server, Speech.HTTP1);

            try (Socket late = connect(server)) {
                late.setSoTimeout(2_000);
                late.getOutputStream().write(Speech.HTTP1.ask(0));
                assertThatThrownBy(() -> Speech.HTTP1.answer(new DataInputStream(late.getInputStream())))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            assertThat(server.log()).contains("Too many open files");
        }
    }

    private Numbers flood(NettyLine netty, Transport transport, Speech speech, String guard, int comers)
            throws Exception {
        try (ChildServer server = new ChildServer(
                DESCRIPTORS, netty.classPath(), transport.name(), speech.name(), guard, Multishot.OFF)) {
            return flood(server, speech, comers, Numbers::used, DESCRIPTORS - 1L);
        }
    }

    /**
     * Descriptors to spare, and slots for 200 connections, by the port's limit or the operator's; a twentieth more
     * while those evicted close. Or memory for some 250 that take 128 KiB of the heap each.
     */
    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "V4_1, NIO, HTTP1, port=200",
        "V4_1, EPOLL, HTTP2, maxConnections=200",
        "V4_1, NIO, HTTP2, weight=131072",
        "V4_2, EPOLL, HTTP1, port=200",
        "V4_2, IO_URING, HTTP1, maxConnections=200",
        "V4_2, EPOLL, RAW, weight=131072"
    })
    void atALimitOfConnectionsNeitherStopsTheServerNorHurtsWhoIsActive(
            NettyLine netty, Transport transport, Speech speech, String limit) throws Exception {
        String heap = limit.startsWith("weight") ? "-Xmx64m" : "-Xmx96m";
        try (ChildServer server = new ChildServer(
                4096, netty.classPath(), transport.name(), speech.name(), "on", limit, Multishot.OFF, heap)) {
            Numbers end = flood(server, speech, 1_000, Numbers::own, heap.equals("-Xmx64m") ? SITTERS : 210);

            assertThat(end.refused() + end.evicted()).isPositive();
            assertThat(server.log()).doesNotContain("OutOfMemoryError");
            System.out.println("guarded, " + netty + " " + transport + " " + speech + " by " + limit + ": " + end);
        }
        close();
        try (ChildServer stock = new ChildServer(
                4096, netty.classPath(), transport.name(), speech.name(), "off", limit, Multishot.OFF, heap)) {
            takesAllWhoCome(stock, speech, netty + " " + transport + " " + speech + " by " + limit);
        }
    }

    /**
     * Netty has no limit of its own: without guard all who come are held, until memory ends. The heap of the rows by
     * memory bears these 400 just so: there this tells how many a stock server takes, not that it fails.
     */
    private void takesAllWhoCome(ChildServer stock, Speech speech, String by) throws Exception {
        sockets.clear();
        sit(stock, speech);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        boolean served;
        try (Socket late = connect(stock)) {
            late.setSoTimeout(5_000);
            late.getOutputStream().write(speech.ask(0));
            speech.answer(new DataInputStream(late.getInputStream()));
            served = true;
        } catch (IOException e) {
            served = false;
        }
        boolean memory = stock.log().contains("OutOfMemoryError");
        System.out.println("stock, " + by + ": " + stock.numbers() + ", a newcomer "
                + (served ? "served" : "not served") + (memory ? ", OutOfMemoryError" : ""));
        assertThat(memory || stock.numbers().open() >= SITTERS).isTrue();
    }

    private Numbers flood(
            ChildServer server, Speech speech, int comers, ToLongFunction<Numbers> scarce, long mostAllowed)
            throws Exception {
        AtomicLong mostUsed = new AtomicLong();
        Future<Integer> health = clients.submit(() -> checkHealth(server));
        List<Future<Integer>> sessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            Socket session = connect(server);
            sockets.add(session);
            sessions.add(clients.submit(() -> converse(session, speech)));
        }
        Future<?> looking = clients.submit((Callable<Void>) () -> {
            while (!over.get()) {
                mostUsed.accumulateAndGet(scarce.applyAsLong(server.numbers()), Math::max);
                LockSupport.parkNanos(5_000_000);
            }
            return null;
        });

        sit(server, speech);
        List<Future<?>> turnedAway = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            turnedAway.add(clients.submit((Callable<Void>) () -> {
                for (int i = 0; i < comers / 4; i++) {
                    comeAndGo(server, speech, i % 2 == 0);
                }
                return null;
            }));
        }
        for (Future<?> one : turnedAway) {
            one.get();
        }
        server.await(n -> n.opened() + n.refused() == connected.get());

        for (Socket sitter : sockets.subList(SESSIONS, sockets.size())) {
            sitter.close();
        }
        // What is left of the heap is known after a collection.
        server.tell("gc");
        server.await(n -> n.calm() && n.own() == SESSIONS && n.open() == SESSIONS);
        server.tell("gc");
        LockSupport.parkNanos(300_000_000);
        over.set(true);

        int answers = 0;
        for (Future<Integer> session : sessions) {
            assertThat(session.get()).as("answers in a session").isPositive();
            answers += session.get();
        }
        assertThat(health.get()).as("health checks answered").isPositive();
        looking.get();
        System.out.println("at most " + mostUsed + "; " + answers + " answers in " + SESSIONS + " sessions, "
                + health.get() + " health checks answered");
        assertThat(mostUsed.get()).isBetween(190L, mostAllowed);
        Numbers end = server.numbers();
        assertThat(end.autoRead()).isTrue();
        assertThat(server.log())
                .doesNotContain("LEAK", "accept failed", "Too many open files", "unguarded", "untrackedConnections");
        return end;
    }

    /** Clients that connect and say nothing, or half a request. */
    private void sit(ChildServer server, Speech speech) throws IOException {
        for (int i = 0; i < SITTERS; i++) {
            Socket sitter = connect(server);
            sockets.add(sitter);
            if (i % 3 == 0) {
                byte[] ask = speech.ask(0);
                try {
                    sitter.getOutputStream().write(ask, 0, ask.length - 1);
                } catch (IOException refused) {
                    assertThat(refused).hasMessageMatching("(?i).*(reset|pipe|closed|not connected).*");
                }
            }
        }
    }

    /** Asks again and again; any failure is the test's. */
    private int converse(Socket session, Speech speech) throws IOException {
        DataInputStream in = new DataInputStream(session.getInputStream());
        int answers = 0;
        while (!over.get()) {
            session.getOutputStream().write(speech.ask(answers));
            speech.answer(in);
            answers++;
            LockSupport.parkNanos(100_000_000);
        }
        return answers;
    }

    private int checkHealth(ChildServer server) throws IOException {
        int answered = 0;
        while (!over.get()) {
            try (Socket check = new Socket()) {
                check.setSoTimeout(20_000);
                check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.healthPort), 20_000);
                check.getOutputStream()
                        .write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String status = new String(check.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                assertThat(status).isEqualTo("HTTP/1.1 200");
                answered++;
            }
            LockSupport.parkNanos(50_000_000);
        }
        return answered;
    }

    /** A client of the flood: asks and takes what comes, or hangs up at once. */
    private void comeAndGo(ChildServer server, Speech speech, boolean ask) throws IOException {
        try (Socket client = connect(server)) {
            if (ask) {
                client.getOutputStream().write(speech.ask(0));
                speech.answer(new DataInputStream(client.getInputStream()));
            }
        } catch (SocketTimeoutException unanswered) {
            throw unanswered;
        } catch (IOException refused) {
            assertThat(refused.toString())
                    .matches("(?is).*(reset|pipe|503|EOF|refused by frame|closed|not connected).*");
        }
    }

    private Socket connect(ChildServer server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        try {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        } catch (SocketException e) {
            // The handshake was done, and the refusal came before connect had looked at it.
            assertThat(e).hasMessageContaining("reset");
        }
        connected.incrementAndGet();
        return client;
    }
}
