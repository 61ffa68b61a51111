/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/** What Netty reaches the kernel by. */
enum Transport {
    NIO,
    EPOLL;

    boolean present() {
        return this == NIO || Epoll.isAvailable();
    }

    /** @param threads 0: as many as Netty thinks right */
    EventLoopGroup loops(int threads) {
        return this == NIO ? new NioEventLoopGroup(threads) : new EpollEventLoopGroup(threads);
    }

    Class<? extends ServerChannel> server() {
        return this == NIO ? NioServerSocketChannel.class : EpollServerSocketChannel.class;
    }
}
