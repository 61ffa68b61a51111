/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stands in a refused connection that is told nothing: takes what has arrived, a moment at most, and closes. */
final class SilentLeave extends ChannelInboundHandlerAdapter {
    private static final long LONGEST_MILLIS = 20;

    private @Nullable Future<?> timer;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer = ctx.executor()
                .schedule(
                        () -> ChannelCloser.registered(ctx.channel(), Admission.CLOSE),
                        LONGEST_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ChannelCloser.registered(ctx.channel(), Admission.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        NettyGuard.LOG.debug("refused connection {}", ctx.channel(), cause);
        ChannelCloser.registered(ctx.channel(), Admission.CLOSE);
    }
}
