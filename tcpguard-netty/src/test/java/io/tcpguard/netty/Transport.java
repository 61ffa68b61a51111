/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Optional;

/** The transports that the tests run on. */
enum Transport {
    NIO {
        @Override
        EventLoopGroup loops(int threads) {
            return new NioEventLoopGroup(threads);
        }

        @Override
        Class<? extends ServerChannel> server() {
            return NioServerSocketChannel.class;
        }
    },
    EPOLL {
        @Override
        EventLoopGroup loops(int threads) {
            return new EpollEventLoopGroup(threads);
        }

        @Override
        Class<? extends ServerChannel> server() {
            return EpollServerSocketChannel.class;
        }
    },
    /** Of Netty 4.2 only, so by name: the tests are compiled for 4.1. */
    IO_URING {
        @Override
        EventLoopGroup loops(int threads) {
            try {
                Class<?> factory = Class.forName("io.netty.channel.IoHandlerFactory");
                Object ring = Class.forName(URING + "IoUringIoHandler")
                        .getMethod("newFactory")
                        .invoke(null);
                return Class.forName("io.netty.channel.MultiThreadIoEventLoopGroup")
                        .asSubclass(EventLoopGroup.class)
                        .getConstructor(int.class, factory)
                        .newInstance(threads, ring);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Netty 4.2 is not as expected", e);
            }
        }

        @Override
        Class<? extends ServerChannel> server() {
            try {
                return Class.forName(URING + "IoUringServerSocketChannel").asSubclass(ServerChannel.class);
            } catch (ClassNotFoundException e) {
                throw new LinkageError("Netty 4.2 is not as expected", e);
            }
        }

        @Override
        Optional<String> whyNot() {
            try {
                Object cause = Class.forName(URING + "IoUring")
                        .getMethod("unavailabilityCause")
                        .invoke(null);
                return Optional.ofNullable(cause).map(Object::toString);
            } catch (ReflectiveOperationException | LinkageError e) {
                return Optional.of(e.toString());
            }
        }
    };

    private static final String URING = "io.netty.channel.uring.";

    /** Why this transport can't be used here, if so. */
    Optional<String> whyNot() {
        return Optional.empty();
    }

    abstract EventLoopGroup loops(int threads);

    abstract Class<? extends ServerChannel> server();
}
