/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A guarded server in a JVM of its own that loads no more of Netty than it says: {@code echo} is the transport only,
 * {@code http} is HTTP/1.1. Says its port; then how many were evicted for each line that it is given.
 */
final class BareServer {
    private BareServer() {}

    public static void main(String[] args) throws Exception {
        try (TcpGuard guard =
                TcpGuard.builder().idleFloor(Duration.ofMillis(200)).build()) {
            guard.start();
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(new NioEventLoopGroup(1), new NioEventLoopGroup(2))
                    .channel(NioServerSocketChannel.class)
                    .childHandler(args[0].equals("http") ? new Http() : new Echo());
            NettyGuard.of(guard).install(bootstrap);
            Channel main = bootstrap
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            System.out.println("> " + Boot.port(main));
            while (System.in.read() >= 0) {
                System.out.println("> " + guard.shed().of(RefusalCounters.Stage.KEEP_ALIVE));
            }
        }
        System.exit(0);
    }

    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Future<?> written = ctx.writeAndFlush(message);
            assert written != null;
        }
    }

    private static final class Http extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel child) {
            child.pipeline().addLast(new HttpServerCodec(), new SimpleChannelInboundHandler<HttpObject>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
                    if (message instanceof LastHttpContent) {
                        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                HttpResponseStatus.OK,
                                Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII));
                        HttpUtil.setContentLength(response, 2);
                        Future<?> written = ctx.writeAndFlush(response);
                        assert written != null;
                    }
                }
            });
        }
    }
}
