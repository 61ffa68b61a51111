/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tcpguard.spi.Pacing;
import io.tcpguard.spi.Refusal;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a refused connection instead of the application: answers after the client's first bytes, then lets the
 * client close first, so that the TIME_WAIT is the client's.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class RefusedConnection extends ChannelInboundHandlerAdapter implements Runnable {
    private final ServerPort port;
    private final FirstBytes first = new FirstBytes();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> timer;
    private boolean answered;

    RefusedConnection(ServerPort port) {
        this.port = port;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        ctx = active;
        timer = active.executor().schedule(this, Pacing.REPLY_SILENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext active, Object msg) {
        try {
            if (!answered && msg instanceof ByteBuf bytes) {
                answer(active, first.protocolOf(bytes));
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }

    private void answer(ChannelHandlerContext active, FirstBytes.Spoken received) {
        switch (received) {
            case NOT_YET -> {
                return;
            }
            case HTTP1 ->
                active.writeAndFlush(Answers.http1(
                        Refusal.of(port.ports.policy.snapshot()), port.listener.retryAfterSeconds(), first.head()));
            case HTTP2 -> active.writeAndFlush(Answers.http2());
            case OTHER -> {
                close(active);
                return;
            }
        }
        answered = true;
        endTimer();
        if (active.channel().isOpen()) {
            timer = active.executor().schedule(this, Pacing.CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void endTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** The client took its time: it has said nothing, or has its answer and stays. */
    @Override
    public void run() {
        if (ctx != null) {
            close(ctx);
        }
    }

    private void close(ChannelHandlerContext active) {
        endTimer();
        if (!port.ports.behindProxy) {
            ChannelCloser.registered(active.channel(), port.listener.mayReset() ? Admission.RESET : Admission.RESPOND);
        } else if (!active.isRemoved()) {
            // Its request, or the rest of it, may be on its way.
            active.pipeline().replace(this, null, SilentLeave.now(false));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext active) {
        endTimer();
    }

    /** A reset by the client, as a rule: it is refused either way. */
    @Override
    public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
        NettyLog.LOG.debug("refused connection {}", active.channel(), cause);
        ChannelCloser.registered(active.channel(), Admission.CLOSE);
    }
}
