/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class NettyGuardTest {
    @Test
    void installsInOneLineAndKeepsTheHandlersThatWereSet() throws IOException {
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        SeesChildren given = new SeesChildren();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            ServerBootstrap bootstrap =
                    http(loops).channel(NioServerSocketChannel.class).handler(given);
            NettyGuard.install(bootstrap, guard);
            Channel server = bind(bootstrap);

            try (Socket client = new Socket()) {
                client.setSoTimeout(20_000);
                client.connect((InetSocketAddress) server.localAddress(), 20_000);
                client.getOutputStream().write(Speech.HTTP1.ask(0));
                Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
            }
            assertThat(given.child).isNotNull();
            assertThat(server.pipeline().get(AcceptHandler.class)).isNotNull();
            server.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void guardsAPortThatWasBoundBeforeTheGuardStarted() throws IOException {
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        try (TcpGuard guard = TcpGuard.builder().build()) {
            // As frameworks do that make their channels themselves.
            ServerBootstrap bootstrap =
                    http(loops).channelFactory(NettyGuard.of(guard).channelFactory(NioServerSocketChannel::new));
            Channel server = bind(bootstrap);
            talk(server).close();
            assertThat(guard.snapshot().capacity().own()).isZero();

            guard.start();

            Await.until("guarded", () -> server.attr(ServerPort.KEY).get() != null);
            try (Socket client = talk(server)) {
                Await.until("tracked", () -> guard.snapshot().capacity().own() == 1);
                assertThat(client.isConnected()).isTrue();
            }
            server.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void drainsAsLongAsItsOwnPortsHaveConnections() throws IOException, InterruptedException {
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            NettyGuard busy = NettyGuard.of(guard);
            Channel server = bind(busy, loops);
            NettyGuard calm = NettyGuard.of(guard);
            Channel other = bind(calm, loops);
            talk(other).close();
            Thread drains = new Thread(() -> {
                try {
                    busy.drain(Duration.ZERO, Duration.ofHours(1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try (Socket client = talk(server)) {
                client.getOutputStream()
                        .write("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n.".getBytes(StandardCharsets.US_ASCII));
                calm.drain(Duration.ZERO, Duration.ofHours(1));

                drains.start();
                drains.join(200);
                assertThat(drains.isAlive() && client.isConnected()).isTrue();
            }
            drains.join();
            server.close().syncUninterruptibly();
            other.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static Channel bind(NettyGuard guard, NioEventLoopGroup loops) {
        ServerBootstrap bootstrap = http(loops).channel(NioServerSocketChannel.class);
        guard.install(bootstrap);
        return bind(bootstrap);
    }

    private static ServerBootstrap http(NioEventLoopGroup loops) {
        return new ServerBootstrap().group(loops).childHandler(Boot.each(Speech.HTTP1::pipeline));
    }

    private static Channel bind(ServerBootstrap bootstrap) {
        return Boot.bound(bootstrap);
    }

    /** One request on a connection that stays open. */
    private static Socket talk(Channel server) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(20_000);
        client.connect(server.localAddress(), 20_000);
        client.getOutputStream().write(Speech.HTTP1.ask(0));
        Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
        return client;
    }

    @Test
    void guardsFromInsideAChildsPipelineWhereTheServerChannelCannotBeReached() {
        FakeControl policy = new FakeControl();
        EmbeddedChannel server = new EmbeddedChannel();
        ChildAdmissionHandler door = new ChildAdmissionHandler(new Ports(policy, Protocol.HTTP));

        EmbeddedChannel admitted = child(server, door);
        assertThat(admitted.pipeline().first()).isInstanceOf(ConnectionTracker.class);
        assertThat(policy.onlyListener().handles).hasSize(1);

        policy.connections = Admission.RESPOND;
        EmbeddedChannel refused = child(server, door);
        assertThat(refused.isOpen()).isFalse();

        admitted.close();
        assertThat(policy.onlyListener().handles.get(0).closed).hasValue(1);
        server.close();
        assertThat(policy.onlyListener().closed).isTrue();
    }

    @Test
    void leavesAChildAloneWhoseGuardDoesNotRun() {
        FakeControl dead = new FakeControl();
        dead.dead = true;
        EmbeddedChannel server = new EmbeddedChannel();

        EmbeddedChannel child = child(server, new ChildAdmissionHandler(new Ports(dead, Protocol.HTTP)));

        assertThat(child.isOpen()).isTrue();
        child.close();
        server.close();
    }

    @Test
    void countsAConnectionOnceThatBothHandlersSee() {
        try (Guarded guarded = new Guarded()) {
            EmbeddedChannel child = guarded.child(new ChildAdmissionHandler(guarded.ports));

            assertThat(guarded.policy.onlyListener().handles).hasSize(1);
            assertThat(child.pipeline().get(ChildAdmissionHandler.class)).isNull();
        }
    }

    private static EmbeddedChannel child(Channel server, ChildAdmissionHandler door) {
        return new EmbeddedChannel(server, DefaultChannelId.newInstance(), true, false, door);
    }

    private static final class SeesChildren extends ChannelInboundHandlerAdapter {
        volatile @Nullable Object child;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            child = msg;
            ctx.fireChannelRead(msg);
        }
    }
}
