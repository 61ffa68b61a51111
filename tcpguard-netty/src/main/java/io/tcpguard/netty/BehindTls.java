/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Right behind TLS until its handshake is over: then the handlers that depend on what was agreed are in the pipeline,
 * and nothing that the client said has come to them yet. A handshake is neither work nor use, however many reads it
 * takes.
 */
final class BehindTls extends ChannelInboundHandlerAdapter {
    private final ConnectionTracker tracker;

    private BehindTls(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    /**
     * Where clear text begins: this handler, or TLS behind it; null while there is none, since a handshake is under
     * way.
     */
    static @Nullable ChannelHandlerContext start(ChannelHandlerContext own, ConnectionTracker tracker) {
        ChannelPipeline pipeline = own.pipeline();
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls == null) {
            return own;
        }
        ChannelHandler handler = tls.handler();
        if (handler instanceof SslHandler ssl && ssl.handshakeFuture().isDone()) {
            return tls;
        }
        if (pipeline.context(BehindTls.class) == null) {
            pipeline.addAfter(tls.name(), null, new BehindTls(tracker));
        }
        return null;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
        if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
            tracker.look();
            if (!ctx.isRemoved()) {
                ctx.pipeline().remove(this);
            }
        }
    }
}
