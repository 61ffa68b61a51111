/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
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
import io.tcpguard.testkit.BehindNginx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

@Tag("long")
@Timeout(180)
@SuppressWarnings("FutureReturnValueIgnored")
class NginxTest extends BehindNginx {
    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final List<TcpGuard> guards = new ArrayList<>();

    @AfterEach
    void end() {
        groups.forEach(group -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
        groups.forEach(group -> group.terminationFuture().syncUninterruptibly());
        guards.forEach(TcpGuard::close);
    }

    private final class Answer extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object msg) {
            hang();
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

    private TcpGuard guard() {
        TcpGuard guard =
                TcpGuard.builder().healthPort(0).behindProxy(true).build().start();
        guards.add(guard);
        return guard;
    }

    @Override
    protected int serve(boolean guarded, int maxConnections) {
        EventLoopGroup boss = new NioEventLoopGroup(1);
        EventLoopGroup workers = new NioEventLoopGroup(2);
        groups.addAll(List.of(boss, workers));
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(NioServerSocketChannel.class)
                .childHandler(Boot.each(child -> child.pipeline().addLast(new HttpServerCodec(), new Answer())));
        if (guarded) {
            NettyGuard.of(guard()).maxConnections(maxConnections).install(bootstrap);
        }
        Channel server = Boot.bound(bootstrap);
        return Boot.port(server);
    }
}
