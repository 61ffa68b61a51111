/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.netty.ChildServer.Numbers;
import io.tcpguard.testkit.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The first accept error of a server's life, which comes when nothing can be opened or loaded any more. */
@Timeout(90)
class ColdBossTest {
    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    void servesAgainAsSoonAsDescriptorsReturnWithGuard(Transport transport) throws IOException {
        try (ChildServer server =
                new ChildServer(150, NettyLine.V4_1.classPath(), transport.name(), Speech.HTTP1.name(), "on")) {
            Await.until("guarding", () -> server.log().contains("guarding"));
            leakAll(server);
            try (Socket client = connect(server)) {
                Await.until("accept failed", () -> server.log().contains("accept failed"));

                server.tell("heal");
                Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
            }
            Numbers end = server.numbers();
            assertThat(end.bossLives()).isTrue();
            assertThat(end.autoRead()).isTrue();
        }
    }

    /** If this fails, Netty or the JDK have learned to live with it, and the warm-up may go. */
    @Test
    void losesItsBossThreadForGoodWithoutGuard() throws IOException {
        try (ChildServer server = new ChildServer(150, NettyLine.V4_1.classPath(), "NIO", Speech.HTTP1.name(), "off")) {
            server.tell("leak");
            try (Socket client = connect(server)) {
                Await.until("the boss is gone", () -> !server.numbers().bossLives());
                assertThat(client.isConnected()).isTrue();
            }
            Numbers after = server.tell("heal");
            assertThat(after.bossLives()).isFalse();
        }
    }

    /** A guard that has just started reads settings, and gives their descriptors back: those are taken, too. */
    private static void leakAll(ChildServer server) throws IOException {
        for (int i = 0; i < 20; i++) {
            server.tell("leak");
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static Socket connect(ChildServer server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 20_000);
        client.getOutputStream().write(Speech.HTTP1.ask(0));
        return client;
    }
}
