package io.tcpguard.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Right behind the HTTP/1 codec: work lasts from the last part of a request to the moment that the last part of its response has
 * left. Refuses requests when the guard says so. A request that is only partly there is no work yet: a client that sends half a
 * request and sits is idle.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class Http1Work extends ChannelDuplexHandler implements WorkSource {
    private final ConnectionTracker tracker;
    private final ChannelHandlerContext codec;
    private final ChannelFutureListener answered = this::onAnswered;

    /** Requests that came whole less responses that were written whole: below zero if the answer came first. */
    private int open;

    /** Responses written whole and not yet on their way that began as work. */
    private int leaving;

    private boolean insideHead = true;
    private boolean informational;
    private boolean dropping;
    private boolean closing;

    /** The client was told that this answer is the last one. */
    private boolean ending;

    private Http1Work(ConnectionTracker tracker, ChannelHandlerContext codec) {
        this.tracker = tracker;
        this.codec = codec;
    }

    /** Puts one behind the codec that is nearest to the application, if there is any. */
    static @Nullable WorkSource find(ChannelPipeline pipeline, ConnectionTracker tracker) {
        ChannelHandlerContext codec = null;
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            ChannelHandler handler = entry.getValue();
            if (handler instanceof HttpServerCodec
                    || handler instanceof HttpRequestDecoder
                    || handler instanceof HttpResponseEncoder) {
                codec = pipeline.context(entry.getKey());
            }
        }
        if (codec == null) {
            return null;
        }
        Http1Work work = new Http1Work(tracker, codec);
        pipeline.addAfter(codec.name(), null, work);
        return work;
    }

    @Override
    public boolean gone() {
        return codec.isRemoved();
    }

    @Override
    public boolean insideHead() {
        return insideHead;
    }

    @Override
    public void settle() {
        for (; open > 0; open--) {
            tracker.end();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (HttpParts.isRequest(msg)) {
            if (open == 0 && leaving == 0 && !closing) {
                Admission decision = tracker.policy().admitRequest(tracker.source());
                if (decision.refused()) {
                    refuse(ctx, (HttpRequest) msg, decision);
                }
            }
            insideHead = false;
            tracker.touch();
            dropping |= ending;
        }
        boolean last = HttpParts.isLast(msg);
        insideHead |= last;
        if (dropping || closing || (last && ++open > 0 && !tracker.begin())) {
            dropping &= !last;
            ReferenceCountUtil.release(msg);
            return;
        }
        ctx.fireChannelRead(msg);
    }

    /** The connection stays, as the client's session does, unless the client wants it closed or will not send its body. */
    private void refuse(ChannelHandlerContext ctx, HttpRequest request, Admission decision) {
        tracker.port().listener.countRefusedRequest();
        dropping = true;
        if (decision == Admission.RESET) {
            closing = true;
            Refuse.registered(ctx.channel(), Admission.RESET);
            return;
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.RETRY_AFTER, tracker.port().listener.retryAfterSeconds())
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        closing = !HttpUtil.isKeepAlive(request) || HttpUtil.is100ContinueExpected(request);
        if (closing) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!request.protocolVersion().isKeepAliveDefault()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        ctx.writeAndFlush(response);
        if (closing) {
            closeSoon(ctx.channel());
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        HttpResponse response = HttpParts.response(msg);
        if (response != null) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                    && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
            if (leavesHttp(response)) {
                tracker.keep();
            }
            endWith(response);
        }
        if (!HttpParts.isLast(msg) || informational) {
            ctx.write(msg, promise);
            return;
        }
        if (open-- > 0) {
            leaving++;
            ctx.write(msg, promise.unvoid().addListener(answered));
        } else if (ending) {
            ctx.write(msg, promise.unvoid().addListener((ChannelFuture done) -> closeSoon(done.channel())));
        } else {
            ctx.write(msg, promise);
        }
    }

    /** The last answer of a connection whose server leaves, unless requests are pipelined behind this one. */
    private void endWith(HttpResponse response) {
        if (open <= 1
                && tracker.port().ports.leaving()
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            ending = true;
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void onAnswered(ChannelFuture done) {
        leaving--;
        tracker.end();
        if (ending) {
            closeSoon(done.channel());
        }
    }

    /** The client was told to close, and gets the time for it: the TIME_WAIT is then its own. */
    private static void closeSoon(Channel channel) {
        channel.eventLoop()
                .schedule(
                        () -> Refuse.registered(channel, Admission.RESPOND),
                        Pacing.CLOSE_GRACE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** An upgrade to what can't be seen into. HTTP/2 can. */
    private static boolean leavesHttp(HttpResponse response) {
        return response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                && !response.headers().containsValue(HttpHeaderNames.UPGRADE, "h2c", true);
    }
}
