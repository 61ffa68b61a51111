/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Netty on NIO with an HTTP codec, as most write it; or the same with the guard in it. */
final class NettyServer implements Server {
    private final EventLoopGroup boss = new NioEventLoopGroup(1);
    private final EventLoopGroup workers = new NioEventLoopGroup();
    private final Options options;
    private final @Nullable TcpGuard guard;
    private @Nullable NettyGuard guarded;
    private @Nullable Channel main;
    private @Nullable Channel health;

    private NettyServer(Options options, @Nullable TcpGuard guard) {
        this.options = options;
        this.guard = guard;
    }

    static NettyServer start(Options options, @Nullable TcpGuard guard) throws Exception {
        NettyServer server = new NettyServer(options, guard);
        try {
            server.bind();
        } catch (Exception e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void bind() throws Exception {
        Work work = new Work(options.work());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(boss, workers)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (options.descriptorsMore() > 0) {
                            channel.pipeline().addLast("gateway", new GatewayHandler(options.descriptorsMore()));
                        }
                        channel.pipeline()
                                .addLast("http", new HttpServerCodec())
                                .addLast("login", new LoginHandler(work));
                    }
                });
        if (guard != null) {
            int most = options.maxConnections();
            guarded = NettyGuard.of(guard).maxConnections(most > 0 ? most : -1);
            guarded.install(bootstrap);
        } else if (options.healthPort() >= 0) {
            health = bootstrap.clone().bind(options.healthPort()).sync().channel();
        }
        main = bootstrap.bind(options.port()).sync().channel();
    }

    @Override
    public int port() {
        return portOf(main);
    }

    @Override
    public int healthPort() {
        return guard == null ? portOf(health) : guard.healthPort();
    }

    private static int portOf(@Nullable Channel channel) {
        return channel == null ? -1 : ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        try {
            if (guarded != null && options.drains()) {
                guarded.drain(Duration.ofSeconds(options.notice()), Duration.ofSeconds(options.finish()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boss.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
