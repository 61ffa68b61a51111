/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ipfilter.AbstractRemoteAddressFilter;
import io.netty.util.concurrent.EventExecutor;
import io.tcpguard.TcpGuard;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.FakeControl;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The port accepts, and nobody is served: each by its real cause. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class UnservedTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final NioEventLoopGroup boss = new NioEventLoopGroup(1);
    private final NioEventLoopGroup workers = new NioEventLoopGroup(2);
    private final TcpGuard guard =
            TcpGuard.builder().set("stalledAfter", "1s").build().start();
    private final List<Socket> clients = new ArrayList<>();
    private volatile boolean throwing;
    private volatile boolean keeping;
    private volatile @Nullable Refusal refusing;
    private volatile boolean deadlyToBoss;
    private volatile boolean deadlyToChild;

    /** How an application refuses clients itself, whom strangers may be. */
    private enum Refusal {
        BY_FILTER,
        IN_THE_INITIALIZER,
        IN_THE_BOSS
    }

    /** Throws where Netty does not expect it: before a read. */
    private static final class Deadly extends DefaultMaxMessagesRecvByteBufAllocator {
        private final BooleanSupplier deadly;

        Deadly(BooleanSupplier deadly) {
            this.deadly = deadly;
        }

        @Override
        @SuppressWarnings("deprecation") // the type that Netty asks for
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return 1024;
                }

                @Override
                public void reset(ChannelConfig config) {
                    if (deadly.getAsBoolean()) {
                        throw new StackOverflowError("of a test");
                    }
                    super.reset(config);
                }
            };
        }
    }

    @AfterEach
    void end() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        guard.close();
        boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Channel serve(boolean errorInBoss) {
        return serve(NettyGuard.of(guard), errorInBoss);
    }

    private Channel serve(NettyGuard netty, boolean errorInBoss) {
        return serve(netty, errorInBoss, boss, workers);
    }

    private Channel serve(
            NettyGuard netty, boolean errorInBoss, NioEventLoopGroup accepting, NioEventLoopGroup serving) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(accepting, serving)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new Deadly(() -> deadlyToBoss))
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, new Deadly(() -> deadlyToChild))
                .channel(NioServerSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object child) {
                        if (throwing && errorInBoss) {
                            throw new NoClassDefFoundError("in the boss");
                        }
                        if (keeping) {
                            return;
                        }
                        if (refusing == Refusal.IN_THE_BOSS) {
                            ((Channel) child).unsafe().closeForcibly();
                            return;
                        }
                        ctx.fireChannelRead(child);
                    }
                })
                .childHandler(Boot.each(child -> {
                    if (throwing) {
                        throw new NoClassDefFoundError("in the initializer");
                    }
                    if (refusing == Refusal.IN_THE_INITIALIZER) {
                        child.close();
                        return;
                    }
                    child.pipeline().addLast(new AbstractRemoteAddressFilter<InetSocketAddress>() {
                        @Override
                        protected boolean accept(ChannelHandlerContext ctx, InetSocketAddress remote) {
                            return refusing != Refusal.BY_FILTER;
                        }
                    });
                    Speech.HTTP1.pipeline(child);
                }));
        netty.install(bootstrap);
        return Boot.bound(bootstrap);
    }

    private void knock(Channel server) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.setSoTimeout(20_000);
        client.connect((InetSocketAddress) server.localAddress(), 20_000);
    }

    private void isUpAndServes(Channel server) throws IOException {
        for (int i = 0; i < 4; i++) {
            knock(server);
            Socket client = clients.get(clients.size() - 1);
            client.getOutputStream().write(Speech.HTTP1.ask(0));
            Speech.HTTP1.answer(new DataInputStream(client.getInputStream()));
        }
        assertThat(guard.snapshot().verdict().up()).isTrue();
    }

    private void goesDownWhenClientsCome(Channel server) {
        Await.until("down", () -> {
            knock(server);
            TimeUnit.MILLISECONDS.sleep(50);
            return !guard.snapshot().verdict().up();
        });
        assertThat(guard.snapshot().verdict().reason()).contains("netty-");
    }

    @Test
    void isDownWhenItsChildLoopsHaveEnded() throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        workers.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        goesDownWhenClientsCome(server);
    }

    @Test
    void isDownWhenTheInitializerThrowsAnError() throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        throwing = true;
        goesDownWhenClientsCome(server);
    }

    @Test
    void isDownWhenConnectionsAreLostInTheBoss() throws Exception {
        Channel server = serve(true);
        isUpAndServes(server);
        throwing = true;
        goesDownWhenClientsCome(server);
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void isUpWhileItsApplicationRefusesClients(Refusal how) throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        refusing = how;
        for (int i = 0; i < 20; i++) {
            knock(server);
            assertThat(clients.get(clients.size() - 1).getInputStream().read()).isNegative();
        }
        TimeUnit.MILLISECONDS.sleep(200);
        assertThat(guard.snapshot().verdict().reason()).doesNotContain("netty-");
        refusing = null;
        isUpAndServes(server);
    }

    @Test
    void isDownWhenTheBossHasEndedAndUpWithAnotherOne() throws Exception {
        NettyGuard netty = NettyGuard.of(guard);
        Channel server = serve(netty, false);
        isUpAndServes(server);
        boss.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        Await.until("down", () -> !guard.snapshot().verdict().up());
        Channel another = serve(netty, false, workers, workers);
        Await.until("up", () -> guard.snapshot().verdict().up());
        another.close().syncUninterruptibly();
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(guard.snapshot().verdict().up()).as("closed on purpose").isTrue();
    }

    @Test
    void isDownWhenAnErrorHasEndedTheBoss() throws Exception {
        Channel server = serve(true);
        isUpAndServes(server);
        deadlyToBoss = true;
        knock(server);
        Await.until("down", () -> !guard.snapshot().verdict().up());
        assertThat(server.eventLoop().isShuttingDown()).isTrue();
    }

    @Test
    void isDownWhenAnErrorHasEndedAChildLoop() throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        deadlyToChild = true;
        clients.get(0).getOutputStream().write('G');
        Await.until("one loop is dead", () -> {
            for (EventExecutor loop : workers) {
                if (loop.isShuttingDown()) {
                    return true;
                }
            }
            return false;
        });
        deadlyToChild = false;
        goesDownWhenClientsCome(server);
    }

    /** Nobody else comes, so nobody else shows that three of four loops serve. */
    @Test
    void isUpWhileOneLoopOfFourIsBlockedAndDownWhenAllAre() throws Exception {
        NioEventLoopGroup four = new NioEventLoopGroup(4);
        CountDownLatch over = new CountDownLatch(1);
        try {
            Channel server = serve(NettyGuard.of(guard), false, boss, four);
            isUpAndServes(server);
            Iterator<EventExecutor> loops = four.iterator();
            block(loops.next(), over);
            for (int i = 0; i < 4; i++) {
                knock(server);
            }
            // Twice as long as a port may serve nobody.
            TimeUnit.MILLISECONDS.sleep(2500);
            assertThat(guard.snapshot().verdict().up())
                    .as(guard.snapshot().verdict().reason())
                    .isTrue();
            loops.forEachRemaining(loop -> block(loop, over));
            goesDownWhenClientsCome(server);
        } finally {
            over.countDown();
            four.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static void block(EventExecutor loop, CountDownLatch over) {
        loop.execute(() -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Test
    void isDownWhenTheBossKeepsConnectionsToItself() throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        keeping = true;
        goesDownWhenClientsCome(server);
    }

    @Test
    void isUpWhileClientsComeAndGoWithoutAWord() throws Exception {
        Channel server = serve(false);
        isUpAndServes(server);
        for (int i = 0; i < 50; i++) {
            knock(server);
            Socket client = clients.remove(clients.size() - 1);
            client.setSoLinger(true, 0);
            client.close();
        }
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(guard.snapshot().verdict().up()).isTrue();
    }

    @Test
    void judgesByWhatBecomesOfConnections() {
        ServedChildren children = new ServedChildren(10 * SECOND);
        long now = 1;
        assertThat(children.serving(now, () -> true)).isTrue();
        children.admitted();
        for (int i = 0; i < 18; i++) {
            assertThat(children.serving(now += SECOND / 2, () -> true)).isTrue();
        }
        // A pause of the process is no time in which it could be served.
        assertThat(children.serving(now += 60 * SECOND, () -> true)).isTrue();
        assertThat(children.serving(now += SECOND / 2, () -> true)).isFalse();
        children.served();
        assertThat(children.serving(now += SECOND / 2, () -> true)).isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(children.serving(now, () -> true)).isTrue();
            children.admitted();
            children.lost(now);
        }
        assertThat(children.serving(now, () -> true)).isFalse();
        assertThat(children.serving(now + 10 * SECOND, () -> true))
                .as("worth another try")
                .isTrue();
        children.admitted();
        children.gaveWay();
        assertThat(children.serving(now + 11 * SECOND, () -> true)).isTrue();
    }

    @Test
    void servesWhoeverComesWhenTheGuardThrowsAnError() throws Exception {
        FakeControl broken = new FakeControl();
        broken.broken = new OutOfMemoryError("of a test");
        CountDownLatch served = new CountDownLatch(1);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(NioServerSocketChannel.class)
                .handler(new AcceptHandlerInstaller(new Ports(broken, Protocol.HTTP)))
                .childHandler(Boot.each(child -> served.countDown()));
        Channel server = Boot.bound(bootstrap);
        knock(server);
        assertThat(served.await(20, TimeUnit.SECONDS)).isTrue();
        ListenerControl control = broken.onlyListener().control;
        assertThat(control.accepting()).isTrue();
    }
}
