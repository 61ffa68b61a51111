/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.tcpguard.spi.Closing;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A proxy's request is on its way when its connection is refused or closed: it hears of an end, and of no reset. */
@Timeout(60)
class BehindProxyTest {
    private static final int AT_A_TIME = 30;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20).getBytes(StandardCharsets.US_ASCII);

    private final FakeControl policy = new FakeControl();
    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private Channel serve(Transport transport, Protocol protocol, boolean atTheDoor) {
        return serve(transport, protocol, atTheDoor, Speech.HTTP1);
    }

    private Channel serve(Transport transport, Protocol protocol, boolean atTheDoor, Speech speech) {
        Ports ports = new Ports(policy, protocol, TimeUnit.SECONDS.toNanos(10), true);
        EventLoopGroup loops = transport.loops(2);
        groups.add(loops);
        ChannelHandler nothing = new ChannelInboundHandlerAdapter() {
            @Override
            public boolean isSharable() {
                return true;
            }
        };
        return new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .handler(atTheDoor ? new AcceptHandlerInstaller(ports) : nothing)
                .childHandler(Boot.each(child -> {
                    if (!atTheDoor) {
                        child.pipeline().addLast(new ChildAdmissionHandler(ports));
                    }
                    speech.pipeline(child);
                }))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private Socket connect(Channel server) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(20_000);
        client.connect(server.localAddress(), 20_000);
        return client;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads to the end; a reset throws. */
    private static void endsInOrder(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        while (in.read() >= 0) {
            assertThat(client.isConnected()).isTrue();
        }
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NIO, HTTP, CLOSE, true",
        "EPOLL, HTTP, CLOSE, true",
        "NIO, OTHER, RESPOND, true",
        "EPOLL, OTHER, RESPOND, true",
        "NIO, HTTP, RESPOND, false",
        "EPOLL, OTHER, RESPOND, false",
        "NIO, HTTP, CLOSE, false",
        "EPOLL, HTTP, CLOSE, false"
    })
    void isNotResetWhenItIsRefused(Transport transport, Protocol protocol, Admission how, boolean atTheDoor)
            throws IOException {
        Channel server = serve(transport, protocol, atTheDoor);
        policy.connections = how;
        for (int i = 0; i < AT_A_TIME; i++) {
            connect(server).getOutputStream().write(REQUEST);
        }
        for (Socket client : clients) {
            endsInOrder(client);
        }
        policy.connections = Admission.ADMIT;
        Socket last = connect(server);
        last.getOutputStream().write(Speech.HTTP1.ask(0));
        assertThat(InProgressTest.readHead(last.getInputStream())).contains(" 200 ");
    }

    /** What is no HTTP ends at its first bytes, of which there are more than one read takes. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void isNotResetWhenItSpeaksWhatNobodyCanAnswer(Transport transport) throws IOException {
        Channel server = serve(transport, Protocol.HTTP, true);
        policy.connections = Admission.RESPOND;
        byte[] bytes = new byte[64 * 1024];
        for (int i = 0; i < AT_A_TIME; i++) {
            Socket client = connect(server);
            client.getOutputStream().write(bytes);
            endsInOrder(client);
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, HTTP1, 4", "EPOLL, HTTP1, 4", "NIO, HTTP1, 20", "EPOLL, HTTP2, 4", "NIO, HTTP2, 20"})
    void isNotResetWhenItsIdleConnectionsGiveWayToOthers(Transport transport, Speech speech, int connections)
            throws IOException {
        Channel server = serve(transport, Protocol.HTTP, true, speech);
        for (int i = 0; i < connections; i++) {
            Socket client = connect(server);
            client.getOutputStream().write(speech.ask(0));
            speech.answer(new DataInputStream(client.getInputStream()));
        }
        Await.until(
                "idle",
                () -> policy.handles.size() == connections
                        && policy.handles.stream().noneMatch(FakeControl.Handle::working));
        CountDownLatch arrived = new CountDownLatch(1);
        AtomicInteger held = new AtomicInteger();
        for (EventExecutor loop : groups.get(0)) {
            loop.execute(() -> {
                held.incrementAndGet();
                awaitQuietly(arrived);
            });
        }
        try {
            Await.until("the loops read nothing more", () -> held.get() == 2);
            // They lie there unread when the close comes.
            for (Socket client : clients) {
                for (int i = 1; i < 20; i++) {
                    client.getOutputStream().write(speech.ask(i));
                }
            }
            for (FakeControl.Handle handle : policy.handles) {
                assertThat(handle.evict(Closing.ORDERLY)).isTrue();
            }
        } finally {
            arrived.countDown();
        }
        for (Socket client : clients) {
            endsInOrder(client);
        }
        Await.until("out of the books", () -> policy.open() == 0);
    }
}
