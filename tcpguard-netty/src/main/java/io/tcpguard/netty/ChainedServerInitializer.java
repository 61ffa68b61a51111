/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;

/** The guard's handler, then the one that the user had set. */
@Sharable
final class ChainedServerInitializer extends ChannelInitializer<Channel> {
    private final ChannelHandler guard;
    private final ChannelHandler given;

    ChainedServerInitializer(ChannelHandler guard, ChannelHandler given) {
        this.guard = guard;
        this.given = given;
    }

    @Override
    protected void initChannel(Channel server) {
        server.pipeline().addLast(guard, given);
    }
}
