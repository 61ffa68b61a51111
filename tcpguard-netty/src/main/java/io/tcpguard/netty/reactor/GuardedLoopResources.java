/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty.reactor;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.tcpguard.netty.NettyGuard;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Others' loop resources, with the gate in each TCP server channel from the start. */
record GuardedLoopResources(NettyGuard guard, LoopResources given) implements LoopResources {
    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        C channel = given.onChannel(type, group);
        if (channel instanceof ServerSocketChannel) {
            channel.pipeline().addFirst(guard.acceptHandler());
        }
        return channel;
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return given.onChannelClass(type, group);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return given.onServer(useNative);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return given.onServerSelect(useNative);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return given.onClient(useNative);
    }

    @Override
    public boolean daemon() {
        return given.daemon();
    }

    @Override
    public boolean isDisposed() {
        return given.isDisposed();
    }

    @Override
    public void dispose() {
        given.dispose();
    }

    @Override
    public Mono<Void> disposeLater() {
        return given.disposeLater();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return given.disposeLater(quietPeriod, timeout);
    }
}
