/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.state.ListenerStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Readers that take one byte at a time, on all connections of the port and from an address that may see everything,
 * beside a check and a flood. The test is the thread, so a check is late by rounds, not by the machine's time.
 */
class SlowReadersTest {
    private static final int READERS = 16;
    private static final int CHECKS = 50;
    private static final int MOST_ROUNDS = 1000;
    /** The kernel may bring bytes to ourselves a moment later. */
    private static final int A_MOMENT = 2;

    private final FakeView view = new FakeView();
    private final List<SocketChannel> clients = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private ServerSocketChannel server;
    private IoThread io;

    @BeforeEach
    void open() throws IOException {
        List<ListenerStatus> many = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            many.add(new ListenerStatus(
                    i + "x".repeat(90),
                    1,
                    OptionalLong.of(1),
                    OptionalLong.of(1),
                    Optional.empty(),
                    1,
                    Duration.ofSeconds(1)));
        }
        view.lists(many);
        view.advises("x".repeat(HealthAnswer.LONGEST_REPORT));
        io = IoThread.openCold(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), view, clock::get);
        io.openRefusals();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        server.close();
        io.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/details", "/advice", "/incident"})
    void delayNoCheck(String path) throws IOException {
        int alone = 0;
        for (int i = 0; i < CHECKS; i++) {
            alone = Math.max(alone, roundsOfACheck());
        }
        List<SocketChannel> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(reader(path));
            round();
        }

        int late = 0;
        int bytes = 0;
        for (int i = 0; i < CHECKS; i++) {
            for (SocketChannel reader : readers) {
                bytes += Math.max(0, reader.read(ByteBuffer.allocate(1)));
            }
            // A flood: each is to be answered and has sent its request.
            flood(4);
            late += roundsOfACheck() > alone + A_MOMENT ? 1 : 0;
        }

        assertThat(bytes).as("bytes read slowly").isPositive();
        assertThat(late).as("checks later than the latest of %d alone", CHECKS).isZero();
    }

    private SocketChannel reader(String path) throws IOException {
        SocketChannel reader = SocketChannel.open();
        clients.add(reader);
        reader.setOption(StandardSocketOptions.SO_RCVBUF, 2048);
        reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), io.healthPort()));
        reader.write(ascii("GET " + path + " HTTP/1.0\r\n\r\n"));
        reader.configureBlocking(false);
        return reader;
    }

    private void flood(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            SocketChannel client = SocketChannel.open(server.getLocalAddress());
            clients.add(client);
            client.write(ascii("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
            io.refuse(server.accept(), Admission.RESPOND, 1, 64, false);
        }
    }

    /** From another address, as a load balancer's. */
    private int roundsOfACheck() throws IOException {
        try (SocketChannel check = SocketChannel.open()) {
            check.bind(new InetSocketAddress("127.0.0.8", 0));
            check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), io.healthPort()));
            check.write(ascii("GET /weight HTTP/1.0\r\n\r\n"));
            check.configureBlocking(false);
            ByteBuffer answer = ByteBuffer.allocate(4096);
            for (int rounds = 1; rounds < MOST_ROUNDS; rounds++) {
                round();
                if (check.read(answer) > 0) {
                    assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
                            .startsWith("HTTP/1.1 200 ");
                    return rounds;
                }
            }
            return MOST_ROUNDS;
        }
    }

    private void round() throws IOException {
        // So that it does not wait for anything.
        io.execute(() -> {});
        io.cycle();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
