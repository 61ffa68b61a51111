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

    /**
     * The decoder at the pipeline's end, behind this handler, if there is one there and nobody looks out behind it, on
     * the same condition.
     */
    static @Nullable ChannelHandlerContext decoderAtTheEnd(ChannelHandlerContext start) {
        List<ChannelHandlerContext> takers = takersBehind(start);
        ChannelHandlerContext end = takers.isEmpty() ? null : takers.get(takers.size() - 1);
        return end != null
                        && decodes(end.handler())
                        && isOnLoop(end)
                        && end.pipeline().context(Lookout.class) == null
                ? end
                : null;
    }

    /** Those who may take what the client sends; none if there are no decoders at all. */
    private static List<ChannelHandlerContext> takersBehind(ChannelHandlerContext start) {
        List<ChannelHandlerContext> takers = new ArrayList<>();
        ChannelPipeline pipeline = start.pipeline();
        boolean behind = false;
        for (String name : PRESENT ? pipeline.names() : List.<String>of()) {
            ChannelHandlerContext ctx = pipeline.context(name);
            if (behind
                    && ctx != null
                    && ctx.handler() instanceof ChannelInboundHandler
                    && !(ctx.handler() instanceof ByteWork)
                    && !(ctx.handler() instanceof Lookout)) {
                takers.add(ctx);
            }
            behind |= ctx == start;
        }
        return takers;
    }

    private static boolean isOnLoop(ChannelHandlerContext ctx) {
        return ctx.executor() == ctx.channel().eventLoop();
    }

    private static boolean decodes(ChannelHandler handler) {
        return handler instanceof ByteToMessageDecoder || handler instanceof ByteToMessageCodec<?>;
    }
}
