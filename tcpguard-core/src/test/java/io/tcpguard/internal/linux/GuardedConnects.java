/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.SignalState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** Outgoing connects of an application that tells its guard of those that fail. */
final class GuardedConnects {
    private final TcpGuard guard = TcpGuard.builder().build().start();

    /**
     * Connects by that library and tells the guard of what is thrown; answers how many connects it knows to have found
     * no port.
     */
    String connectBy(String library, int port) {
        InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            switch (library) {
                case "socket" -> connectBySocket(to, false);
                case "bound" -> connectBySocket(to, true);
                case "channel" -> SocketChannel.open(to).close();
                case "epoll" -> connectByEpoll(to);
                default -> throw new IllegalArgumentException(library);
            }
            return "connected";
        } catch (Exception e) {
            guard.connectFailed(e);
            return guard.status().connectsWithoutPort() + " " + e;
        }
    }

    private static void connectBySocket(InetSocketAddress to, boolean boundFirst) throws Exception {
        try (Socket socket = new Socket()) {
            if (boundFirst) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            }
            socket.connect(to);
        }
    }

    private static void connectByEpoll(InetSocketAddress to) throws Exception {
        EpollEventLoopGroup group = new EpollEventLoopGroup(1);
        try {
            new Bootstrap()
                    .group(group)
                    .channel(EpollSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(to)
                    .sync();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    /** The signal in the guard's newest snapshot. */
    SignalState state(String signal) {
        return guard.snapshot().signals().stream()
                .filter(state -> state.reading().signal().name().equals(signal))
                .findFirst()
                .orElseThrow();
    }
}
