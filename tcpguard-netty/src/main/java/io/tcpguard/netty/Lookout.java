/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a handler hands on, where nobody in the pipeline is known to count work. Behind a decoder that nobody
 * stands behind: if it hands anything on it has made the rest of the pipeline just now, as port unification does, and
 * who knows what is work is to be there before these bytes. Behind each other handler: a codec of the application's
 * own, whatever it is made of, is known by the requests that come out of it.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class Lookout extends ChannelDuplexHandler {
    private final ConnectionTracker tracker;
    private final boolean atTheEnd;
    private boolean seen;
    private boolean asked;
    private boolean answered;
    private boolean answeredWhole;

    private Lookout(ConnectionTracker tracker, boolean atTheEnd) {
        this.tracker = tracker;
        this.atTheEnd = atTheEnd;
    }

    /** One at each place behind start; none is left elsewhere. */
    static void put(ChannelHandlerContext start, ConnectionTracker tracker) {
        ChannelPipeline pipeline = start.pipeline();
        removeAll(pipeline);
        List<ChannelHandlerContext> takers = Frames.takersBehind(start);
        for (int i = 1; Codecs.HTTP1 && i < takers.size(); i++) {
            // In front of the next one: what only sees answers, as an encoder does, is part of the codec.
            if (Frames.isOnLoop(takers.get(i - 1))) {
                pipeline.addBefore(takers.get(i).name(), null, new Lookout(tracker, false));
            }
        }
        ChannelHandlerContext end = takers.isEmpty() ? null : takers.get(takers.size() - 1);
        if (end != null && Frames.decodes(end.handler()) && Frames.isOnLoop(end)) {
            pipeline.addAfter(end.name(), null, new Lookout(tracker, true));
        }
    }

    static void removeAll(ChannelPipeline pipeline) {
        for (Lookout old = pipeline.get(Lookout.class); old != null; old = pipeline.get(Lookout.class)) {
            pipeline.remove(old);
        }
    }

    /** The connection is answered: what comes out where something else did is no request. */
    static void answered(ChannelPipeline pipeline) {
        for (String name : pipeline.get(Lookout.class) == null ? List.<String>of() : pipeline.names()) {
            if (pipeline.get(name) instanceof Lookout one && one.seen) {
                pipeline.remove(one);
            }
        }
    }

    /** The place nearest to the codec's first half where both a request and an answer have passed; null: none. */
    static @Nullable ChannelHandlerContext ofBoth(ChannelPipeline pipeline) {
        for (String name : pipeline.names()) {
            ChannelHandlerContext ctx = pipeline.context(name);
            if (ctx != null && ctx.handler() instanceof Lookout one && one.asked && one.answered) {
                return ctx;
            }
        }
        return null;
    }

    /** Whether that answer has passed to its end. */
    boolean answeredWhole() {
        return answeredWhole;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        seen = true;
        if (atTheEnd) {
            ctx.pipeline().remove(this);
            tracker.look();
        } else if (Codecs.isRequest(msg)) {
            asked = true;
            tracker.foundHttp(ctx);
        } else if (msg instanceof ByteBuf) {
            ctx.pipeline().remove(this);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (asked && Codecs.isResponse(msg)) {
            answered = true;
            answeredWhole = Codecs.isWholeResponse(msg);
        }
        ctx.write(msg, promise);
    }
}
