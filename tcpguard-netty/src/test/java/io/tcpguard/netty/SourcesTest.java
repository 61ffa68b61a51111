/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.netty.ChildServer.Numbers;
import io.tcpguard.testkit.Await;
import java.io.DataInputStream;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who a client is, at the admission threshold of a server with 256 descriptors: clients of several loopback addresses.
 */
@Timeout(120)
class SourcesTest {
    private static final String CROWD = "127.0.0.2";
    private static final int CROWD_SIZE = 300;
    /** Of 256 descriptors ten are the reserve; six of those are kept free. */
    private static final int REFUSAL_POINT = 246;

    private static final int ABOVE_THE_REFUSAL_POINT = 4;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, HTTP1", "EPOLL, RAW"})
    void letInWhoIsOnTheAllowList(Transport transport, Speech speech) throws IOException {
        try (ChildServer server = new ChildServer(
                256,
                NettyLine.V4_1.classPath(),
                transport.name(),
                speech.name(),
                "refusing",
                // Answers and newcomers in hand hold descriptors of the reserve for a moment, too.
                "resetBudget=1000",
                "allow=127.0.0.8/31,10.0.0.0/8")) {
            crowd(server);
            server.await(n -> n.opened() + n.refused() == CROWD_SIZE);
            // The refused are silent: each is closed soon, and holds no descriptor once its client has seen that.
            long refused = server.numbers().refused();
            Await.until(
                    "closed",
                    () -> sockets.stream().filter(SourcesTest::hasEnded).count() == refused);
            server.await(n -> n.used() == REFUSAL_POINT);

            for (int i = 0; i < ABOVE_THE_REFUSAL_POINT; i++) {
                ask(connect(server, "127.0.0.9"), speech);
            }

            assertThatThrownBy(() -> ask(connect(server, "127.0.0.10"), speech))
                    .as("a stranger")
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ask(connect(server, "127.0.0.9"), speech))
                    .as("one that would take a descriptor that is kept free")
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, HTTP1", "EPOLL, RAW"})
    void letTheSourceThatHoldsMostReplaceOnlyItsOwnAndMakeRoomForTheOthers(Transport transport, Speech speech)
            throws IOException {
        try (ChildServer server = new ChildServer(
                256, NettyLine.V4_1.classPath(), transport.name(), speech.name(), "on", "silentFloor=100ms")) {
            List<Socket> others = new ArrayList<>();
            for (int source = 3; source < 7; source++) {
                for (int i = 0; i < 3; i++) {
                    Socket other = connect(server, "127.0.0." + source);
                    ask(other, speech);
                    others.add(other);
                }
            }
            crowd(server);
            server.await(n -> n.refused() + n.evicted() > 0);
            // Its connections are silent, and so for long enough: whoever comes could have a slot.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            Numbers before = server.numbers();
            for (int i = 0; i < 20; i++) {
                connect(server, CROWD);
            }
            server.await(n -> n.refused() + n.evicted() >= before.refused() + before.evicted() + 20);
            for (int i = 0; i < 5; i++) {
                ask(connect(server, "127.0.0.7"), speech);
            }

            for (Socket other : others) {
                ask(other, speech);
            }
        }
    }

    /** More silent connections of one address than the server has slots. */
    private void crowd(ChildServer server) throws IOException {
        for (int i = 0; i < CROWD_SIZE; i++) {
            connect(server, CROWD);
        }
    }

    private Socket connect(ChildServer server, String source) throws IOException {
        Socket client = new Socket();
        sockets.add(client);
        client.setSoTimeout(20_000);
        client.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
        try {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        } catch (SocketException refused) {
            // The handshake was done, and the refusal came before connect had looked at it.
            assertThat(refused).hasMessageContaining("reset");
        }
        return client;
    }

    private static boolean hasEnded(Socket client) {
        try {
            client.setSoTimeout(1);
            return client.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static void ask(Socket client, Speech speech) throws IOException {
        client.getOutputStream().write(speech.ask(0));
        speech.answer(new DataInputStream(client.getInputStream()));
    }
}
