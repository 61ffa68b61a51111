/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The handlers that make messages of bytes: behind them a message is whole. */
final class Frames {
    private static final boolean PRESENT = Codecs.present("io.netty.handler.codec.ByteToMessageDecoder");

    private Frames() {}

    /**
     * The last decoder behind this handler that hands its messages to another one, if there is such, and if it works on
     * the connection's own event loop.
     */
    static @Nullable ChannelHandlerContext lastDecoder(ChannelHandlerContext start) {
        ChannelHandlerContext last = null;
        ChannelHandlerContext decoder = null;
        for (ChannelHandlerContext ctx : takersBehind(start)) {
            last = decoder == null ? last : decoder;
            decoder = decodes(ctx.handler()) ? ctx : null;
        }
        return last != null && isOnLoop(last) ? last : null;
    }

    /** Those who may take what the client sends; none if there are no decoders at all. */
    static List<ChannelHandlerContext> takersBehind(ChannelHandlerContext start) {
        List<ChannelHandlerContext> takers = new ArrayList<>();
        ChannelPipeline pipeline = start.pipeline();
        boolean behind = false;
        for (String name : PRESENT ? pipeline.names() : List.<String>of()) {
            ChannelHandlerContext ctx = pipeline.context(name);
            if (behind && ctx != null && takes(ctx.handler())) {
                takers.add(ctx);
            }
            behind |= ctx == start;
        }
        return takers;
    }

    /** The nearest of these in front of this one; null if there is none. */
    static @Nullable ChannelHandlerContext takerBefore(ChannelHandlerContext there) {
        ChannelHandlerContext before = null;
        for (String name : there.pipeline().names()) {
            ChannelHandlerContext ctx = there.pipeline().context(name);
            if (ctx == there) {
                return before;
            }
            before = ctx != null && takes(ctx.handler()) ? ctx : before;
        }
        return null;
    }

    private static boolean takes(ChannelHandler handler) {
        return handler instanceof ChannelInboundHandler
                && !(handler instanceof ConnectionTracker || handler instanceof ByteWork || handler instanceof Lookout);
    }

    static boolean isOnLoop(ChannelHandlerContext ctx) {
        return ctx.executor() == ctx.channel().eventLoop();
    }

    static boolean decodes(ChannelHandler handler) {
        return handler instanceof ByteToMessageDecoder || handler instanceof ByteToMessageCodec<?>;
    }
}
