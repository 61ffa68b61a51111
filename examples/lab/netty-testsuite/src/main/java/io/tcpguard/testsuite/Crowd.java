/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testsuite;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tcpguard.TcpGuard;
import io.tcpguard.netty.NettyGuard;
import io.tcpguard.netty.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Idle clients at a port of their own, as many as leave no slot of the guard free: each connection that a test opens
 * has to take one of theirs.
 */
final class Crowd implements AutoCloseable {
    private final TcpGuard guard;
    private final int slots;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final InetSocketAddress address;
    private final Queue<Socket> clients = new ArrayDeque<>();
    private final Thread thread = new Thread(this::fill, "crowd");
    private volatile boolean over;

    Crowd(TcpGuard guard, int slots) {
        this.guard = guard;
        this.slots = slots;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new ChannelInboundHandlerAdapter());
                    }
                });
        NettyGuard.of(guard, Protocol.OTHER).install(bootstrap);
        address = (InetSocketAddress) bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel()
                .localAddress();
        thread.start();
    }

    private void fill() {
        while (!over) {
            try {
                if (guard.snapshot().capacity().own() < slots) {
                    Socket client = new Socket(address.getAddress(), address.getPort());
                    clients.add(client);
                    client.getOutputStream().write('x');
                }
                while (clients.size() > 2 * slots) {
                    // Evicted long ago, as the one that is idle longest.
                    clients.remove().close();
                }
            } catch (IOException refused) {
                // The next one, perhaps.
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(25));
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Socket client : clients) {
            client.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
