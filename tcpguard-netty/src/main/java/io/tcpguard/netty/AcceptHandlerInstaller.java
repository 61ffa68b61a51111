/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;

/**
 * A handler that puts an accept handler into each server channel where it stands itself, and removes itself. Where
 * there is one already it only removes itself.
 */
@Sharable
final class AcceptHandlerInstaller extends ChannelHandlerAdapter {
    private final Ports ports;

    AcceptHandlerInstaller(Ports ports) {
        this.ports = ports;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(AcceptHandler.class) == null) {
            ctx.pipeline().addAfter(ctx.name(), null, new AcceptHandler(ports));
        }
        ctx.pipeline().remove(ctx.name());
    }
}
