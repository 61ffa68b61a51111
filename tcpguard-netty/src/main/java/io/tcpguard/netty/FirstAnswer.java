/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * In front of a codec that was found by the requests that come out of it, until the first answer leaves: whether that
 * went in as a message, where it is counted.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class FirstAnswer extends ChannelOutboundHandlerAdapter {
    private final WorkFinder finder;
    private final WorkSource found;
    private final ChannelHandlerContext start;

    FirstAnswer(WorkFinder finder, WorkSource found, ChannelHandlerContext start) {
        this.finder = finder;
        this.found = found;
        this.start = start;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (!(msg instanceof ByteBuf bytes) || bytes.isReadable()) {
            finder.firstAnswer(found, start, ctx);
            ctx.pipeline().remove(this);
        }
        ctx.write(msg, promise);
    }
}
