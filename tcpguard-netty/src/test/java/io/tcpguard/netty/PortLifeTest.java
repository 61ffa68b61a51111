/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.ListenerState;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ports that come and go, beside one that stays: what the guard is told of each. */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class PortLifeTest {
    private final FakeControl guard = new FakeControl();
    private final Ports ports = new Ports(guard, Protocol.HTTP);
    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        groups.forEach(PortLifeTest::shutDown);
    }

    private static void shutDown(EventLoopGroup group) {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private EventLoopGroup loops(Transport transport) {
        Assumptions.assumeTrue(transport.whyNot().isEmpty(), "this transport does not load here");
        EventLoopGroup group = transport.loops(1);
        groups.add(group);
        return group;
    }

    private ServerBootstrap bootstrap(Transport transport, EventLoopGroup boss, EventLoopGroup workers, Ports under) {
        return bootstrap(boss, workers, under).channel(transport.server());
    }

    private static ServerBootstrap bootstrap(EventLoopGroup boss, EventLoopGroup workers, Ports under) {
        return new ServerBootstrap()
                .group(boss, workers)
                .handler(new AcceptHandlerInstaller(under))
                .childHandler(Boot.each(Speech.HTTP1::pipeline));
    }

    private static Channel bind(ServerBootstrap bootstrap, int port) {
        return active(bootstrap.bind(InetAddress.getLoopbackAddress(), port));
    }

    /** Its handlers hear of it after its future. */
    private static Channel active(ChannelFuture bound) {
        Channel server = bound.syncUninterruptibly().channel();
        server.eventLoop().submit(() -> {}).syncUninterruptibly();
        return server;
    }

    private static int port(Channel server) {
        return Boot.port(server);
    }

    private Socket served(Channel server) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(20_000);
        client.connect(server.localAddress(), 20_000);
        return again(client);
    }

    private static Socket again(Socket client) throws IOException {
        client.getOutputStream().write(Speech.HTTP1.ask(0));
        Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
        return client;
    }

    /** Those that are watched. */
    private List<Integer> watched() {
        return guard.listeners.stream()
                .filter(listener -> !listener.closed)
                .map(listener -> listener.port)
                .toList();
    }

    private FakeControl.Listener listener(int port) {
        return guard.listeners.stream()
                .filter(listener -> !listener.closed && listener.port == port)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void isFollowedThroughItsLifeWithClientsConnected(Transport transport) throws Exception {
        EventLoopGroup boss = loops(transport);
        EventLoopGroup workers = loops(transport);
        ServerBootstrap bootstrap = bootstrap(transport, boss, workers, ports);
        Channel stays = bind(bootstrap, 0);
        served(stays);
        int watches = guard.watches.get();

        Channel server = bind(bootstrap, 0);
        int port = port(server);
        assertThat(watched()).containsExactly(port(stays), port);
        assertThat(listener(port).name).isEqualTo("netty-" + port);
        assertThat(listener(port).control.accepting()).isTrue();
        Socket first = served(server);
        assertThat(guard.open()).isEqualTo(2);

        // Netty serves on whom it has.
        server.close().syncUninterruptibly();
        assertThat(watched()).as("closed on purpose: missed by nobody").containsExactly(port(stays));
        again(first);
        assertThat(guard.open()).isEqualTo(2);
        assertThat(guard.watches).hasValue(watches);

        Channel same = bind(bootstrap, port);
        assertThat(watched()).containsExactly(port(stays), port);
        assertThat(listener(port).control.accepting()).isTrue();
        served(same);
        assertThat(listener(port).handles).hasSize(1);
        first.close();
        Await.until("the old one's last", () -> guard.open() == 2);

        assertThatThrownBy(() -> bind(bootstrap, port)).isInstanceOf(IOException.class);
        assertThat(watched()).as("a port that is taken").containsExactly(port(stays), port);

        same.close().syncUninterruptibly();
        stays.close().syncUninterruptibly();
        assertThat(watched()).isEmpty();
        assertThat(guard.watches).hasValue(0);
        for (Socket client : clients) {
            client.close();
        }
        Await.until(
                "nobody in the books",
                () -> guard.open() == 0 && ports.connections().isEmpty());
    }

    @Test
    void countsEachPortOfTwoBootstrapsForItself() throws Exception {
        EventLoopGroup loops = loops(Transport.NIO);
        Ports others = new Ports(guard, Protocol.HTTP);
        Channel one = bind(bootstrap(Transport.NIO, loops, loops, ports), 0);
        Channel two = bind(bootstrap(Transport.NIO, loops, loops, ports), 0);
        Channel three = bind(bootstrap(Transport.NIO, loops, loops, others), 0);
        for (Channel server : List.of(one, two, three)) {
            served(server);
            assertThat(listener(port(server)).handles).hasSize(1);
        }
        two.close().syncUninterruptibly();
        assertThat(watched()).containsExactly(port(one), port(three));
        assertThat(listener(port(one)).control.accepting()).isTrue();
        assertThat(listener(port(three)).control.accepting()).isTrue();
        three.close().syncUninterruptibly();
        one.close().syncUninterruptibly();
        assertThat(watched()).isEmpty();
    }

    /** A connection that was accepted just before the port closed is in nobody's hands for a moment. */
    @Test
    void isNotForgottenWithAConnectionThatOpensWhileItCloses() {
        Set<ServerPort> known = ConcurrentHashMap.newKeySet();
        AtomicReference<Runnable> beforeItIsForgotten = new AtomicReference<>(() -> {});
        Ports all = new Ports(guard, Protocol.HTTP, TimeUnit.SECONDS.toNanos(10), false, new AbstractSet<>() {
            @Override
            public boolean add(ServerPort port) {
                return known.add(port);
            }

            @Override
            public boolean remove(Object port) {
                beforeItIsForgotten.getAndSet(() -> {}).run();
                return known.remove(port);
            }

            @Override
            public Iterator<ServerPort> iterator() {
                return known.iterator();
            }

            @Override
            public int size() {
                return known.size();
            }
        });
        ServerPort port = all.of(new EmbeddedChannel());
        EmbeddedChannel child = new EmbeddedChannel();
        beforeItIsForgotten.set(() -> port.admit(child));

        port.close();

        assertThat(all.connections()).extracting(ConnectionTracker::channel).containsExactly(child);
        child.close();
        assertThat(all.connections()).isEmpty();
        assertThat(known).as("nothing keeps it").isEmpty();
        assertThat(guard.open()).isZero();
    }

    @Test
    void isMissedWhenItsLoopsEndAndNoMoreWhenItIsBoundOnOthers() throws Exception {
        EventLoopGroup boss = loops(Transport.NIO);
        EventLoopGroup workers = loops(Transport.NIO);
        Channel server = bind(bootstrap(Transport.NIO, boss, workers, ports), 0);
        int port = port(server);
        served(server);
        shutDown(boss);
        shutDown(workers);
        assertThat(watched()).containsExactly(port);
        assertThat(listener(port).control.accepting()).isFalse();
        Await.until(
                "nobody in the books",
                () -> guard.open() == 0 && ports.connections().isEmpty());

        EventLoopGroup fresh = loops(Transport.NIO);
        Channel again = bind(bootstrap(Transport.NIO, fresh, fresh, ports), port);
        assertThat(watched()).containsExactly(port);
        assertThat(listener(port).control.accepting()).isTrue();
        served(again);
        again.close().syncUninterruptibly();
        assertThat(watched()).isEmpty();
        assertThat(guard.watches).hasValue(0);
    }

    @Test
    void isMissedWhileItHasNoLoopAndGuardedOnItsNextOne() throws Exception {
        EventLoopGroup first = loops(Transport.NIO);
        EventLoopGroup second = loops(Transport.NIO);
        EventLoopGroup workers = loops(Transport.NIO);
        Channel server = bind(bootstrap(Transport.NIO, first, workers, ports), 0);
        Socket client = served(server);

        server.deregister().syncUninterruptibly();
        assertThat(listener(port(server)).control.accepting()).isFalse();
        second.register(server).syncUninterruptibly();
        assertThat(listener(port(server)).control.accepting()).isTrue();
        shutDown(first);
        assertThat(listener(port(server)).control.accepting()).isTrue();
        served(server);
        again(client);
        assertThat(listener(port(server)).handles).hasSize(2);
        server.close().syncUninterruptibly();
        assertThat(watched()).isEmpty();
    }

    @Test
    void keepsAConnectionsBooksWhenItMovesToAnotherLoop() throws Exception {
        EventLoopGroup boss = loops(Transport.NIO);
        EventLoopGroup workers = loops(Transport.NIO);
        EventLoopGroup others = loops(Transport.NIO);
        Channel server = bind(bootstrap(Transport.NIO, boss, workers, ports), 0);
        Socket client = served(server);
        Channel child = ports.connections().iterator().next().channel();

        child.deregister().syncUninterruptibly();
        others.register(child).syncUninterruptibly();
        // Its handlers hear of it after the future.
        child.eventLoop().submit(() -> {}).syncUninterruptibly();
        shutDown(workers);
        again(client);
        Await.until("idle", () -> !guard.lastHandle().working());
        assertThat(guard.watches).as("each loop that serves is watched").hasValue(2);
        assertThat(guard.open()).isEqualTo(1);
        client.close();
        Await.until("nobody in the books", () -> guard.open() == 0);
        server.close().syncUninterruptibly();
        assertThat(guard.watches).hasValue(0);
    }

    @Test
    void isGuardedOnUnixDomainSocketsByTheirPaths(@TempDir Path directory) throws Exception {
        EventLoopGroup loops = loops(Transport.EPOLL);
        List<Channel> servers = new ArrayList<>();
        for (String name : List.of("a.sock", "b.sock")) {
            Path path = directory.resolve(name);
            servers.add(active(bootstrap(loops, loops, ports)
                    .channel(EpollServerDomainSocketChannel.class)
                    .bind(new DomainSocketAddress(path.toString()))));
            FakeControl.Listener listener = guard.lastListener();
            assertThat(listener.port).isZero();
            assertThat(listener.name).isEqualTo("netty-" + path);
            assertThat(listener.control.accepting()).isTrue();
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                client.write(ByteBuffer.wrap(Speech.HTTP1.ask(0)));
                ByteBuffer answer = ByteBuffer.allocate(100);
                client.read(answer);
                assertThat(answer.position()).isPositive();
                assertThat(listener.handles).hasSize(1);
            }
            Await.until("nobody in the books", () -> guard.open() == 0);
        }
        for (Channel server : servers) {
            server.close().syncUninterruptibly();
        }
        assertThat(guard.listeners).allMatch(listener -> listener.closed);
        assertThat(guard.watches).hasValue(0);
    }

    @Test
    void leavesTheVerdictAndTheListenersRightAfterEachStep() throws Exception {
        try (TcpGuard real = TcpGuard.builder().healthPort(0).build().start()) {
            EventLoopGroup loops = loops(Transport.NIO);
            NettyGuard netty = NettyGuard.of(real);
            ServerBootstrap bootstrap = guarded(netty, loops);
            Channel stays = bind(bootstrap, 0);
            for (int i = 0; i < 20; i++) {
                Channel server = bind(bootstrap, 0);
                served(server);
                server.close().syncUninterruptibly();
                assertThat(real.healthPage(null, false).status()).isEqualTo(200);
            }
            Await.until(
                    "only the one that stays",
                    () -> names(real).equals(List.of("netty-" + port(stays)))
                            && real.snapshot().verdict().up());
            shutDown(loops);
            Await.until("down", () -> !real.snapshot().verdict().up());
            EventLoopGroup fresh = loops(Transport.NIO);
            Channel again = bind(guarded(netty, fresh), port(stays));
            Await.until(
                    "up on another loop",
                    () -> names(real).equals(List.of("netty-" + port(again)))
                            && real.snapshot().verdict().up());
        }
    }

    @Test
    void comesUnderGuardAgainWithItsConnectionsAfterTheGuardWasStoppedAndStarted() throws Exception {
        try (TcpGuard real = TcpGuard.builder().build().start()) {
            Channel server = bind(guarded(NettyGuard.of(real), loops(Transport.NIO)), 0);
            Socket before = served(server);
            real.stop();
            Socket meanwhile = served(server);
            real.start();
            assertThat(real.status().listeners())
                    .extracting(ListenerStatus::name)
                    .containsExactly("netty-" + port(server));
            Await.until("both", () -> real.snapshot().capacity().own() == 2);
            again(before);
            meanwhile.close();
            Await.until("the first alone", () -> real.snapshot().capacity().own() == 1);
        }
    }

    private static ServerBootstrap guarded(NettyGuard netty, EventLoopGroup loops) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(Transport.NIO.server())
                .childHandler(Boot.each(Speech.HTTP1::pipeline));
        netty.install(bootstrap);
        return bootstrap;
    }

    private static List<String> names(TcpGuard real) {
        return real.snapshot().listeners().stream().map(ListenerState::name).toList();
    }
}
