/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BareChecksTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Checkers checkers = new Checkers(List.of(), System::nanoTime);
    private final MemoryShortage shortage = new MemoryShortage();
    private final HealthRoutes routes =
            new HealthRoutes(GuardConfig.defaults(), new FakeView(), System::nanoTime, checkers, () -> 0);
    private final BareChecks checks = new BareChecks(routes, shortage, ByteBuffer.allocateDirect(8192));

    private long allocated;

    /** A collection would come of each allocation then. */
    @Test
    void askForNoMemoryButTheirConnection() throws Exception {
        shortage.note(0);
        for (int i = 0; i < 20; i++) {
            assertThat(answer("GET /health HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("\r\n\r\nUP 80");
        }

        assertThat(allocated).isLessThan(100);
        assertThat(checkers.all()).extracting(Checker::asks).containsExactly("/health");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.0\r\n",
                "GET /metrics HTTP/1.0\r\n\r\n",
                "HEAD / HTTP/1.0\r\n\r\n",
                "GET /healthy HTTP/1.0\r\n\r\n",
                "",
                "\r\n\r\n"
            })
    void leaveToOthersWhatIsNoWholeCheck(String request) throws Exception {
        shortage.note(0);

        assertThat(answer(request)).isEmpty();
    }

    @Test
    void areForMomentsWithoutMemoryOnly() throws Exception {
        assertThat(answer("GET / HTTP/1.0\r\n\r\n")).isEmpty();
        shortage.note(-2_000_000_000L);
        assertThat(answer("GET / HTTP/1.0\r\n\r\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET /health HTTP/1.0, false, HTTP/1.1 200 OK", "'', true, ready up 80%", "'', false, ''"})
    void areTheLastWordOnAConnectionThatFoundNoMemory(String asked, boolean agent, String told) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (Socket client = Wire.connect(server.socket().getLocalPort())) {
                try (SocketChannel accepted = server.accept()) {
                    Wire.send(client, asked.isEmpty() ? "" : asked + "\r\n\r\n");
                    checks.lastWord(accepted, ByteBuffer.allocate(4096), agent);
                }
                String said = Wire.readToEnd(client);
                assertThat(said).startsWith(told);
                assertThat(said.isEmpty()).isEqualTo(told.isEmpty());
            }
        }
    }

    /** Each round of the thread may have failed before it came to this one. */
    @Test
    void answerACheckThatNobodyLookedAtUntilItsTimeWasUp() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open();
                Poller poller = new Poller()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            HealthConnection connection = new HealthConnection(
                    poller, routes, Quietly::close, checks, ByteBuffer.allocateDirect(8192), 1_000);
            try (Socket client = Wire.connect(server.socket().getLocalPort())) {
                connection.begin(server.accept(), false, 0);
                Wire.send(client, "GET /health HTTP/1.0\r\n\r\n");
                connection.expire(1_000);
                poller.select(0);

                assertThat(Wire.readToEnd(client)).startsWith("HTTP/1.1 200 OK");
                assertThat(connection.free()).isTrue();
            }
        }
    }

    /** Empty: was not answered. */
    private String answer(String request) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (Socket client = Wire.connect(server.socket().getLocalPort());
                    SocketChannel accepted = server.accept()) {
                Wire.send(client, request);
                ByteBuffer in = ByteBuffer.allocate(4096);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                boolean answered = checks.answers(accepted, in, false, 0);
                allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
                return answered ? Wire.readToEnd(client) : "";
            }
        }
    }
}
