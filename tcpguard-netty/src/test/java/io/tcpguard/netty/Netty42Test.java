/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The class files that were compiled for Netty 4.1, on Netty 4.2. */
@Tag("long")
@Timeout(90)
class Netty42Test {
    @ParameterizedTest
    @CsvSource({"NIO, HTTP1", "NIO, HTTP2", "EPOLL, HTTP1", "EPOLL, RAW", "IO_URING, HTTP1", "IO_URING, RAW"})
    void servesRefusesEvictsAndRecovers(Transport transport, Speech speech) throws IOException {
        List<Socket> sitters = new ArrayList<>();
        try (ChildServer server =
                new ChildServer(256, NettyLine.V4_2.classPath(), transport.name(), speech.name(), "on")) {
            Socket session = connect(server);
            sitters.add(session);
            session.getOutputStream().write(speech.ask(0));
            speech.answer(new DataInputStream(session.getInputStream()));

            for (int i = 0; i < 400; i++) {
                sitters.add(connect(server));
            }
            server.await(n -> n.opened() + n.refused() == 401);
            // More than there is room for: each of those came in by another's slot, or was refused.
            assertThat(server.numbers().refused() + server.numbers().evicted()).isGreaterThanOrEqualTo(401L - 256);

            session.getOutputStream().write(speech.ask(1));
            speech.answer(new DataInputStream(session.getInputStream()));
            for (Socket sitter : sitters) {
                sitter.close();
            }
            server.await(n -> n.calm() && n.own() == 0 && n.open() == 0);
            server.tell("leak");
            try (Socket waiting = connect(server)) {
                waiting.getOutputStream().write(speech.ask(0));
                Await.until("accept failed", () -> server.log().contains("accept failed"));
                server.tell("heal");
                speech.answer(new DataInputStream(waiting.getInputStream()));
            }
            assertThat(server.numbers().bossLives()).isTrue();
            assertThat(server.log().contains(Multishot.OFF))
                    .as("is warned of what the transport does by default")
                    .isEqualTo(transport == Transport.IO_URING);
            assertThat(server.log()).doesNotContain("LEAK", "unguarded", "is not guarded", "NoSuchMethod");
        } finally {
            for (Socket sitter : sitters) {
                sitter.close();
            }
        }
    }

    private static Socket connect(ChildServer server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        return client;
    }
}
