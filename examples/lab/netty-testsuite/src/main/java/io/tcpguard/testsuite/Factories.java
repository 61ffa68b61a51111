/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.netty.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Netty's own pairs of bootstraps and epoll's, the server's with the guard installed if there is one. */
final class Factories {
    private static final EventLoopGroup EPOLL = new MultiThreadIoEventLoopGroup(
            4, new DefaultThreadFactory("testsuite-epoll", true), EpollIoHandler.newFactory());

    /** For the tests that run now; null: stock. */
    static volatile @Nullable TcpGuard guard;

    private Factories() {}

    static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> all(
            List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> theirs) {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> all = new ArrayList<>();
        theirs.forEach(each -> all.add(guarded(each)));
        if (Epoll.isAvailable()) {
            all.add(guarded(new BootstrapComboFactory<>() {
                @Override
                public ServerBootstrap newServerInstance() {
                    return new ServerBootstrap().group(EPOLL).channel(EpollServerSocketChannel.class);
                }

                @Override
                public Bootstrap newClientInstance() {
                    return new Bootstrap().group(EPOLL).channel(EpollSocketChannel.class);
                }
            }));
        }
        return all;
    }

    private static BootstrapComboFactory<ServerBootstrap, Bootstrap> guarded(
            BootstrapComboFactory<ServerBootstrap, Bootstrap> stock) {
        return new BootstrapComboFactory<>() {
            @Override
            public ServerBootstrap newServerInstance() {
                ServerBootstrap bootstrap = stock.newServerInstance();
                TcpGuard now = guard;
                if (now != null) {
                    NettyGuard.of(now, Protocol.OTHER).install(bootstrap);
                }
                return bootstrap;
            }

            @Override
            public Bootstrap newClientInstance() {
                return stock.newClientInstance();
            }
        };
    }
}
