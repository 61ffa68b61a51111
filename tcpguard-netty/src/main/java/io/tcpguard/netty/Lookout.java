/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Behind a decoder that nobody stood behind. If it hands anything on it has made the rest of the pipeline just now, as
 * port unification does: who knows what is work is to be there before these bytes. If not, it is the application.
 */
final class Lookout extends ChannelInboundHandlerAdapter {
    private final ConnectionTracker tracker;

    Lookout(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ctx.pipeline().remove(this);
        tracker.look();
        ctx.fireChannelRead(msg);
    }
}
