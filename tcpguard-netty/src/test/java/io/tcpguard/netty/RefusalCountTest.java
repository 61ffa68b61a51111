/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.netty.ChildServer.Numbers;
import io.tcpguard.spi.Pacing;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each refusal is counted by the way that its client saw. */
@Timeout(90)
class RefusalCountTest {
    private static final int DESCRIPTORS = 256;
    private static final int CLIENTS = 400;

    private final List<Socket> sockets = new ArrayList<>();
    private int answered;
    private int reset;
    private int served;

    /** No resets in the budget: an orderly close is the way where there is no room for an answer. */
    @ParameterizedTest
    @CsvSource({"NIO, HTTP1", "EPOLL, HTTP1", "NIO, RAW"})
    void saysWhatTheClientsSaw(Transport transport, Speech speech) throws IOException {
        try (ChildServer server = new ChildServer(
                DESCRIPTORS,
                NettyLine.V4_1.classPath(),
                transport.name(),
                speech.name(),
                "refusing",
                "queueWait=500ms",
                "resetBudget=0")) {
            for (int i = 0; i < CLIENTS; i++) {
                connect(server);
            }
            Numbers numbers = awaitAll(server);
            for (Socket socket : sockets) {
                hear(socket);
            }

            assertThat(numbers.resets()).as("none is in the budget").isZero();
            // Over bytes that nobody has room to read the kernel makes a reset of an orderly close.
            assertThat(numbers.refused()).isEqualTo((long) answered + reset);
            assertThat(numbers.opened()).isEqualTo(served);
            if (speech == Speech.RAW) {
                assertThat(reset).as("an orderly close takes no room").isZero();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private void connect(ChildServer server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
            sockets.add(socket);
        } catch (SocketException refusedBeforeConnectLooked) {
            assertThat(refusedBeforeConnectLooked).hasMessageContaining("reset");
            reset++;
            socket.close();
        }
    }

    /** They say nothing: who is served waits on, who is refused by an answer finds the connection closed. */
    private void hear(Socket socket) throws IOException {
        try {
            socket.setSoTimeout(1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            answered++;
        } catch (SocketTimeoutException open) {
            served++;
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
            reset++;
        }
    }

    /** Until each was decided, and the silent that were refused were closed. */
    private static Numbers awaitAll(ChildServer server) throws IOException {
        Await.value(server::numbers, now -> now.opened() + now.refused() >= CLIENTS);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 * Pacing.REPLY_SILENCE_MILLIS));
        return server.numbers();
    }
}
