/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** What the bootstraps of tests have in common. */
final class Boot {
    private Boot() {}

    static ChannelInitializer<Channel> each(Consumer<Channel> child) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                child.accept(channel);
            }
        };
    }

    /** On any port of loopback. */
    static Channel bound(ServerBootstrap bootstrap) {
        return bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    static int port(Channel server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }
}
