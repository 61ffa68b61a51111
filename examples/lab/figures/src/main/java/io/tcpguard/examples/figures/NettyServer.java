/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.Version;
import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.netty.NettyGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;

/** A Netty server with the HTTP codec and one handler, each time with one thing more. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class NettyServer {
    private NettyServer() {}

    static String version() {
        return Objects.requireNonNull(Version.identify().get("netty-transport"), "the jar of Netty says no version")
                .artifactVersion();
    }

    /** Returns its port. */
    static int start(Contestant contestant, String transportName) {
        Transport transport = Transport.valueOf(transportName);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(transport.loops(1), transport.loops(0))
                .channel(transport.server())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        contestant == Contestant.NETTY_ANSWERING ? new Unavailable() : new Login());
                    }
                });
        switch (contestant) {
            case NETTY_GUARDED -> guard(bootstrap, Map.of());
            case NETTY_GUARD_RESETTING -> guard(bootstrap, refusing("1000000"));
            case NETTY_GUARD_ANSWERING -> guard(bootstrap, refusing("0"));
            case NETTY_RESETTING -> bootstrap.handler(new Reset());
            default -> {}
        }
        Channel server = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private static void guard(ServerBootstrap bootstrap, Map<Setting, String> settings) {
        GuardBuilder guard = TcpGuard.builder().healthPort(0);
        settings.forEach((setting, value) -> guard.set(setting.key(), value));
        NettyGuard.install(bootstrap, guard.build().start());
    }

    /**
     * Nobody gives way and nobody waits: each newcomer is refused, and at once. The reserve is that of 6,400
     * descriptors, which has room for an answer to each client, and lets NIO accept as many in one go as without the
     * guard.
     */
    private static Map<Setting, String> refusing(String resets) {
        return Map.of(
                Setting.RECLAIM,
                "false",
                Setting.QUEUE_WAIT,
                "0s",
                Setting.RESERVE,
                "128",
                Setting.RESET_BUDGET,
                resets);
    }

    /** Before the child has an event loop: no close event, no promise. */
    @Sharable
    private static final class Reset extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            Channel child = (Channel) msg;
            child.config().setOption(ChannelOption.SO_LINGER, 0);
            child.unsafe().closeForcibly();
        }
    }

    private abstract static class Answering extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
            if (part instanceof LastHttpContent) {
                answer(ctx);
            }
        }

        abstract void answer(ChannelHandlerContext ctx);

        /** A client that has gone. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final class Login extends Answering {
        @Override
        void answer(ChannelHandlerContext ctx) {
            byte[] body = Work.done(0);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.length);
            ctx.writeAndFlush(response);
        }
    }

    private static final class Unavailable extends Answering {
        @Override
        void answer(ChannelHandlerContext ctx) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
            response.headers()
                    .set(HttpHeaderNames.RETRY_AFTER, 1)
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, 0);
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
