/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import io.tcpguard.testkit.PulledPlug;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that have gone while nobody reads their connection give their slots back. */
@Timeout(120)
class GonePeersTest {
    private static final String UNPLUGGED = "127.77.0.2";
    private static final int CROWD = 280;
    private static final int HONEST = 12;

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"EPOLL, false", "EPOLL, true", "NIO, false", "NIO, true"})
    void givesTheirPlacesToNewcomers(Transport transport, boolean reset) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (ManyPortsChild server = new ManyPortsChild(
                320,
                transport,
                "fairness=false",
                "resetBudget=0",
                "silentFloor=3s",
                "maxWorkDelay=3s",
                "stalledAfter=120s")) {
            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                try {
                    Socket client = ManyPortsChild.connect(server.port(Service.NEVER_READS), 0);
                    crowd.add(client);
                    client.getOutputStream()
                            .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException full) {
                    break;
                }
            }
            // Nobody gives way to these: the crowd is at work.
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(served(server, sockets)).as("while they are there").isFalse();
            for (Socket client : crowd) {
                client.setSoLinger(reset, 0);
                client.close();
            }
            assertThat(Await.times(HONEST, 60, () -> served(server, sockets))).isEqualTo(HONEST);
        } finally {
            for (Socket client : sockets) {
                client.close();
            }
        }
    }

    /**
     * Nothing comes or goes any more, as with a cable that is pulled out, and the server has nothing to send that would
     * tell.
     */
    @Tag("long")
    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"EPOLL", "NIO"})
    void givesThePlacesOfTheUnpluggedToNewcomers(Transport transport) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (PulledPlug plug = new PulledPlug();
                ManyPortsChild server = new ManyPortsChild(
                        320,
                        transport,
                        "fairness=false",
                        "resetBudget=0",
                        "silentFloor=3s",
                        "maxWorkDelay=3s",
                        "stalledAfter=120s")) {
            for (int i = 0; i < CROWD; i++) {
                try {
                    Socket client = new Socket();
                    sockets.add(client);
                    client.setSoTimeout(20_000);
                    client.bind(new InetSocketAddress(UNPLUGGED, 0));
                    client.connect(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port(Service.NEVER_READS)),
                            3_000);
                    client.getOutputStream()
                            .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException full) {
                    break;
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
            plug.pull(UNPLUGGED);
            assertThat(Await.times(HONEST, 90, () -> served(server, sockets))).isEqualTo(HONEST);
        } finally {
            for (Socket client : sockets) {
                client.close();
            }
        }
    }

    private static boolean served(ManyPortsChild server, List<Socket> sockets) {
        try {
            Socket client = ManyPortsChild.connect(server.port(Service.HTTP1), 0);
            sockets.add(client);
            client.setSoTimeout(6_000);
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return InProgressTest.readHead(client.getInputStream()).contains(" 200 ");
        } catch (IOException refused) {
            return false;
        }
    }

    /** Everybody is. */
    private static GonePeers gone(boolean alsoBroken) {
        return new GonePeers() {
            @Override
            public boolean gone(InetSocketAddress peer, int localPort) {
                return true;
            }

            @Override
            public boolean broken(InetSocketAddress peer, int localPort) {
                return alsoBroken;
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"false, false, true", "false, true, true", "true, false, false", "true, true, true"})
    void leavesWhoMayEndHisSideAloneUnlessItIsBroken(boolean halfClosure, boolean broken, boolean ends)
            throws Exception {
        onePort(halfClosure, (control, child) -> {
            control.onlyListener().control.endGone(gone(broken));
            child.eventLoop().submit(() -> {}).syncUninterruptibly();
            assertThat(child.isOpen()).isEqualTo(!ends);
            if (ends) {
                Await.until("out of the books", () -> control.open() == 0);
            }
        });
    }

    @Test
    void hasTheKernelAskWhoeverIsWaitedForWhetherHeIsThere() throws Exception {
        onePort(false, (control, child) -> {
            GonePeers nobody = nobody();
            control.onlyListener().control.endGone(nobody);
            control.onlyListener().control.endGone(nobody);
            assertThat(child.config().getOption(ChannelOption.SO_KEEPALIVE))
                    .as("idle: its slot is free for others")
                    .isFalse();
            control.lastHandle().begin();
            control.onlyListener().control.endGone(nobody);
            assertThat(child.config().getOption(ChannelOption.SO_KEEPALIVE))
                    .as("at work, maybe for a moment")
                    .isFalse();
            control.onlyListener().control.endGone(nobody);
            assertThat(child.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            control.lastHandle().end();
        });
    }

    /** A WebSocket or a tunnel is never idle, so its place comes free only when its client is known to be gone. */
    @Test
    void hasTheKernelAskWhoeverIsNeverEvictedWhetherHeIsThere() throws Exception {
        onePort(false, (control, child) -> {
            NettyGuard.connection(child).exemptFromEviction();
            control.onlyListener().control.endGone(nobody());
            control.onlyListener().control.endGone(nobody());
            assertThat(child.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
        });
    }

    private static GonePeers nobody() {
        return new GonePeers() {
            @Override
            public boolean gone(InetSocketAddress peer, int localPort) {
                return false;
            }

            @Override
            public boolean broken(InetSocketAddress peer, int localPort) {
                return false;
            }
        };
    }

    private interface Case {
        void run(FakeControl control, Channel child) throws Exception;
    }

    private static void onePort(boolean halfClosure, Case test) throws Exception {
        FakeControl control = new FakeControl();
        AtomicReference<Channel> child = new AtomicReference<>();
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        try {
            Channel server = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
                    .handler(new AcceptHandlerInstaller(new Ports(control, Protocol.HTTP)))
                    .childHandler(Boot.each(child::set))
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
            try (Socket client = new Socket()) {
                client.connect(server.localAddress(), 20_000);
                Await.until("accepted", () -> child.get() != null && child.get().isActive());
                test.run(control, Objects.requireNonNull(child.get()));
            }
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
