/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.frameworks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A transport for Vert.x 4.5 that puts every server of the process under guard. Vert.x finds it by its service file, if
 * {@code preferNativeTransport} is set, and lets it see each server's bootstrap: the one public way in.
 */
public final class GuardedTransport implements Transport {
    private static final AtomicReference<@Nullable NettyGuard> GUARD = new AtomicReference<>();

    /** For the service loader. */
    public GuardedTransport() {}

    /** The guard of the servers that listen from now on. */
    static void guard(TcpGuard guard) {
        GUARD.set(NettyGuard.of(guard));
    }

    // tag::guard[]
    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        Transport.super.configure(options, domainSocket, bootstrap);
        NettyGuard guard = GUARD.get();
        if (guard != null && !domainSocket) {
            guard.install(bootstrap);
        }
    }
    // end::guard[]

    @Override
    public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
        NioEventLoopGroup loops = new NioEventLoopGroup(threads, factory);
        loops.setIoRatio(ioRatio);
        return loops;
    }

    @Override
    public DatagramChannel datagramChannel() {
        return new NioDatagramChannel();
    }

    @Override
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return new NioDatagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        refuseDomainSockets(domainSocket);
        return NioSocketChannel::new;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        refuseDomainSockets(domainSocket);
        return NioServerSocketChannel::new;
    }

    private static void refuseDomainSockets(boolean domainSocket) {
        if (domainSocket) {
            throw new IllegalArgumentException("domain sockets need a native transport");
        }
    }
}
