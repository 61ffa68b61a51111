/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a connection that ends without a word: takes what has arrived, a moment at most, and closes. A proxy's is
 * half closed first, and closed when the proxy has closed its half: bytes that come after a close are answered by a
 * reset (net/ipv4/tcp_input.c, tcp_rcv_state_process), which the proxy takes for a failure of this server.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class SilentLeave extends ChannelInboundHandlerAdapter {
    private static final long LONGEST_MILLIS = 20;

    /** A proxy has sent its request with its connection, and closes as soon as it hears of the end of ours. */
    private static final long LONGEST_OF_PROXY_MILLIS = 100;

    private final boolean proxy;
    private final boolean atOnce;
    private final long longestMillis;
    private @Nullable Future<?> timer;
    private boolean halfClosed;

    private SilentLeave(boolean proxy, boolean atOnce, long longestMillis) {
        this.proxy = proxy;
        this.atOnce = atOnce;
        this.longestMillis = longestMillis;
    }

    /**
     * Of a connection that was just accepted.
     *
     * @param proxy whether the client is a proxy
     */
    static SilentLeave ofNew(boolean proxy) {
        return new SilentLeave(proxy, false, proxy ? LONGEST_OF_PROXY_MILLIS : LONGEST_MILLIS);
    }

    /** The same of a proxy's, beyond those that may take their time: over within a moment. */
    static SilentLeave inHaste() {
        return new SilentLeave(true, false, LONGEST_MILLIS);
    }

    /**
     * In the place of who serves a proxy's connection: half closes at once.
     *
     * @param inHaste beyond those that may take their time
     */
    static SilentLeave now(boolean inHaste) {
        return new SilentLeave(true, true, inHaste ? LONGEST_MILLIS : LONGEST_OF_PROXY_MILLIS);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
    }

    private void begin(ChannelHandlerContext ctx) {
        if (timer == null) {
            timer = ctx.executor()
                    .schedule(
                            () -> ChannelCloser.registered(ctx.channel(), Admission.CLOSE),
                            longestMillis,
                            TimeUnit.MILLISECONDS);
            // What comes is to be read, whoever asked for each message before.
            ctx.channel().config().setAutoRead(true);
            if (atOnce) {
                channelReadComplete(ctx);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!proxy || !(ctx.channel() instanceof DuplexChannel duplex)) {
            ChannelCloser.registered(ctx.channel(), Admission.CLOSE);
        } else if (!halfClosed) {
            halfClosed = true;
            duplex.shutdownOutput();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        NettyLog.LOG.debug("refused connection {}", ctx.channel(), cause);
        ChannelCloser.registered(ctx.channel(), Admission.CLOSE);
    }
}
