/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
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
        if (!PRESENT) {
            return null;
        }
        ChannelPipeline pipeline = start.pipeline();
        ChannelHandlerContext last = null;
        ChannelHandlerContext decoder = null;
        boolean behind = false;
        List<String> names = pipeline.names();
        for (int i = 0; i < names.size(); i++) {
            ChannelHandlerContext ctx = pipeline.context(names.get(i));
            if (ctx != null && decoder != null && takes(ctx.handler())) {
                last = decoder;
            }
            if (behind && ctx != null && decodes(ctx.handler())) {
                decoder = ctx;
            }
            behind |= ctx == start;
        }
        return last == null || last.executor() == pipeline.channel().eventLoop() ? last : null;
    }

    private static boolean takes(ChannelHandler handler) {
        return handler instanceof ChannelInboundHandler && !(handler instanceof ByteWork);
    }

    private static boolean decodes(ChannelHandler handler) {
        return handler instanceof ByteToMessageDecoder || handler instanceof ByteToMessageCodec<?>;
    }
}
