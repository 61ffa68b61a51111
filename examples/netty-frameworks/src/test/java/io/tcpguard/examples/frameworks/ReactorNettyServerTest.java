/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.netty.reactor.ReactorGuard;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored")
class ReactorNettyServerTest {
    /** No handler can be in the pipeline earlier than at the bind, and no connection can come before it. */
    @Test
    void hasItsGateBeforeThePortIsBound() {
        Watching watching = new Watching();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            DisposableServer server = ReactorGuard.install(
                            HttpServer.create().host("127.0.0.1").port(0).runOn(watching), NettyGuard.of(guard))
                    .bindNow();
            try {
                assertThat(watching.atBind).anyMatch(name -> name.startsWith("AcceptHandler"));
            } finally {
                server.disposeNow();
            }
        }
        watching.dispose();
    }

    @Test
    void keepsTheEventLoopsThatWereChosen() {
        LoopResources chosen = LoopResources.create("chosen", 1, true);
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            DisposableServer server = ReactorGuard.install(
                            HttpServer.create().host("127.0.0.1").port(0).runOn(chosen, false), NettyGuard.of(guard))
                    .bindNow();
            try {
                assertThat(chosen.onServerSelect(false))
                        .contains(server.channel().eventLoop());
            } finally {
                server.disposeNow();
            }
        }
        chosen.dispose();
    }

    /** Loop resources of an application's own, which see what is in the server channel's pipeline when it is bound. */
    private static final class Watching implements LoopResources {
        private final LoopResources given = LoopResources.create("watching", 1, true);
        final List<String> atBind = new CopyOnWriteArrayList<>();

        @Override
        public EventLoopGroup onServer(boolean useNative) {
            return given.onServer(useNative);
        }

        @Override
        public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
            C channel = given.onChannel(type, group);
            if (channel instanceof ServerSocketChannel) {
                channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void bind(ChannelHandlerContext ctx, SocketAddress local, ChannelPromise promise) {
                        atBind.addAll(ctx.pipeline().names());
                        ctx.bind(local, promise);
                    }
                });
            }
            return channel;
        }

        @Override
        public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
            return given.onChannelClass(type, group);
        }

        @Override
        public void dispose() {
            given.dispose();
        }
    }
}
