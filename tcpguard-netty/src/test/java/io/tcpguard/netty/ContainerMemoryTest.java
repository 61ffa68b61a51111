/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.netty.ChildServer.Numbers;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A server in a control group of its own, whose memory ends before its heap and its direct buffers do. The kernel ends
 * a process that takes more.
 */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, disabledReason = "control groups are Linux's")
class ContainerMemoryTest {
    private static final long MIB = 1 << 20;
    private static final int CLIENTS = 4_000;

    private final List<SocketChannel> crowd = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel one : crowd) {
            one.close();
        }
    }

    @Test
    void slowReadersAreRefusedBeforeTheKernelEndsTheServer() throws Exception {
        try (MemoryGroup group = MemoryGroup.of(200 * MIB);
                ChildServer server = server(group, "on");
                Socket session = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
            session.setSoTimeout(20_000);
            DataInputStream in = new DataInputStream(session.getInputStream());
            for (int i = 0; i < CLIENTS; i++) {
                comes(server);
                if (i % 100 == 99) {
                    stillAnswered(session, in, server);
                }
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
            Numbers full = server.numbers();
            System.out.println(full + ", " + group.used() / MIB + " of 200 MiB");

            assertThat(full.level()).isEqualTo("SHED");
            assertThat(full.own()).isLessThan(CLIENTS * 3 / 4);
            assertThat(full.above()).contains("MEMORY");
            stillAnswered(session, in, server);
        }
    }

    @Test
    void theyEndAServerWithoutGuard() throws Exception {
        try (MemoryGroup group = MemoryGroup.of(200 * MIB);
                ChildServer server = server(group, "off")) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (server.isAlive() && crowd.size() < CLIENTS && System.nanoTime() - end < 0) {
                comes(server);
            }
            assertThat(server.endedWithin(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aLimitThatIsLoweredAtRunTimeIsFollowed() throws Exception {
        try (MemoryGroup group = MemoryGroup.of(1024 * MIB);
                ChildServer server = server(group, "on")) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            assertThat(server.numbers().above()).doesNotContain("MEMORY");

            group.limit(group.used() + group.used() / 100);

            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!server.numbers().above().contains("MEMORY")) {
                assertThat(System.nanoTime() - end).as("30 s").isNegative();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            assertThat(server.numbers().leading()).isEqualTo("MEMORY");
            group.limit(1024 * MIB);
        }
    }

    private static void stillAnswered(Socket session, DataInputStream in, ChildServer server) throws IOException {
        try {
            session.getOutputStream().write(Speech.HTTP1.ask(0));
            Speech.HTTP1.answer(in);
        } catch (IOException e) {
            throw new AssertionError((server.isAlive() ? "alive: " : "ended: ") + server.log(), e);
        }
    }

    /** Asks for much, and takes nothing. */
    private void comes(ChildServer server) throws IOException {
        SocketChannel one = SocketChannel.open();
        crowd.add(one);
        one.setOption(StandardSocketOptions.SO_LINGER, 0);
        one.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        try {
            one.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 2_000);
            one.configureBlocking(false);
            one.write(ByteBuffer.wrap("GET /big HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException refused) {
            // A reset, or it is gone: what becomes of the server is asked afterwards.
            one.close();
        }
    }

    private static ChildServer server(MemoryGroup group, String guard) throws IOException {
        return new ChildServer(
                20_000,
                NettyLine.V4_1.classPath(),
                "NIO",
                "HTTP1",
                guard,
                ChildServer.IN_GROUP + group.processes(),
                "-Xmx48m",
                "-XX:MaxDirectMemorySize=1g",
                "-Dio.netty.leakDetection.level=disabled");
    }
}
