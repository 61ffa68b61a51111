/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Nginx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers behind a real nginx. */
@Tag("long")
@Timeout(180)
@SuppressWarnings("FutureReturnValueIgnored")
class NginxTest {
    private static final int REQUESTS = 240;
    private static final long EVERY_MILLIS = 40;
    private static final long HICCUP_MILLIS = 3_000;

    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final List<TcpGuard> guards = new ArrayList<>();
    private volatile long hangsUntil;
    private volatile long answersAfterMillis;

    @AfterEach
    void end() {
        groups.forEach(group -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
        groups.forEach(group -> group.terminationFuture().syncUninterruptibly());
        guards.forEach(TcpGuard::close);
    }

    private final class Answer extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            for (long left = hangsUntil - System.nanoTime(); left > 0; left = hangsUntil - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            if (msg instanceof LastHttpContent) {
                FullHttpResponse ok = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII));
                ok.headers().set("content-length", 2);
                ctx.executor().schedule(() -> ctx.writeAndFlush(ok), answersAfterMillis, TimeUnit.MILLISECONDS);
            }
        }
    }

    private List<Integer> twoServers(boolean guarded, int maxConnections) {
        return List.of(
                serve(guarded ? guard() : null, maxConnections), serve(guarded ? guard() : null, maxConnections));
    }

    private TcpGuard guard() {
        TcpGuard guard =
                TcpGuard.builder().healthPort(0).behindProxy(true).build().start();
        guards.add(guard);
        return guard;
    }

    private int serve(@Nullable TcpGuard guard, int maxConnections) {
        EventLoopGroup boss = new NioEventLoopGroup(1);
        EventLoopGroup workers = new NioEventLoopGroup(2);
        groups.addAll(List.of(boss, workers));
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new HttpServerCodec(), new Answer());
                    }
                });
        if (guard != null) {
            NettyGuard.of(guard).maxConnections(maxConnections).install(bootstrap);
        }
        Channel server = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private Map<String, Integer> hiccup(Path directory, boolean guarded, int kept) throws Exception {
        try (Nginx nginx = Nginx.before(directory, kept, twoServers(guarded, -1))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, EVERY_MILLIS, request -> {
                if (request == REQUESTS / 4) {
                    hangsUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HICCUP_MILLIS);
                }
            });
            assertThat(nginx.errors()).doesNotContain("reset");
            return answers;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void losesNoRequestInAHiccupThatStockSurvives(int kept, @TempDir Path stock, @TempDir Path guarded)
            throws Exception {
        assertThat(hiccup(stock, false, kept)).as("stock").isEqualTo(Map.of("200", REQUESTS));
        assertThat(hiccup(guarded, true, kept)).as("guarded").isEqualTo(Map.of("200", REQUESTS));
    }

    @Test
    void isNeverResetByAFullServer(@TempDir Path directory) throws Exception {
        answersAfterMillis = 2_000;
        try (Nginx nginx = Nginx.before(directory, 0, twoServers(true, 8))) {
            Map<String, Integer> answers = nginx.ask(REQUESTS, 5, request -> {});
            assertThat(answers.keySet()).as("%s", answers).contains("503").doesNotContain("none");
            assertThat(nginx.errors()).doesNotContain("reset");
        }
    }
}
