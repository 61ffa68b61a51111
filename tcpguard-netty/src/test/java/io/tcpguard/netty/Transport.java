package io.tcpguard.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;

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
    };

    abstract EventLoopGroup loops(int threads);

    abstract Class<? extends ServerChannel> server();
}
