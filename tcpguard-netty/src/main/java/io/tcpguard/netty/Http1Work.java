/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.spi.RequestsInProgress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Right behind the HTTP/1 codec: work lasts from the last part of a request, or the first of its response if that comes
 * sooner, to the moment that the last part of the response has left. Refuses requests when the guard says so. A request
 * whose head is only partly there is no use of the connection yet; one whose body is partly there is unfinished, and
 * bytes that come in drops don't change that.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class Http1Work extends ChannelDuplexHandler implements WorkSource {
    /** So much of a body is a sign of life. */
    static final int SOME_BYTES = 1024;

    private final ConnectionTracker tracker;
    private final ChannelHandlerContext codec;
    private final ChannelFutureListener answered = this::onAnswered;

    /** Requests that came whole less responses that were written whole: below zero if the answer came first. */
    private int open;

    /** Responses written whole and not yet on their way that began as work. */
    private int leaving;

    /** The head of a request is here, and not its end. */
    private boolean inBody;

    /** Its first request was looked at. */
    private boolean asked;

    /** The server began its part before the request was whole, and this is work. */
    private boolean early;

    /** The client waits for a word before it sends the body. */
    private boolean expecting;

    private boolean connecting;
    private int bodyBytes;
    private boolean informational;
    private boolean unfinished;
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
        if (pipeline.context(HttpServerCodec.class) == null
                && pipeline.context(HttpRequestDecoder.class) == null
                && pipeline.context(HttpResponseEncoder.class) == null) {
            return null;
        }
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
    public void readComplete() {
        if (inBody && !early && !unfinished) {
            unfinished = true;
            tracker.waits.owesRest(true);
        }
    }

    @Override
    public void settle() {
        finished();
        endEarly();
        for (; open > 0; open--) {
            tracker.waits.workEnded();
        }
    }

    private void finished() {
        if (unfinished) {
            unfinished = false;
            tracker.waits.owesRest(false);
        }
    }

    private void beginEarly() {
        if (!early && tracker.handle().begin()) {
            early = true;
            finished();
        }
    }

    private void endEarly() {
        if (early) {
            early = false;
            tracker.waits.workEnded();
        }
    }

    @Override
    public boolean insideRequest() {
        return (inBody && !dropping) || open > 0 || leaving > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (HttpMessageTypes.isRequest(msg)) {
            head(ctx, (HttpRequest) msg);
        } else if (inBody) {
            body(msg);
        }
        boolean last = HttpMessageTypes.isLast(msg);
        if (dropping || closing) {
            if (last) {
                inBody = false;
                finished();
            }
            dropping &= !last;
            ReferenceCountUtil.release(msg);
        } else if (last && !whole()) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    private void head(ChannelHandlerContext ctx, HttpRequest request) {
        if (open == 0 && leaving == 0 && !closing) {
            if (!tracker.admitsRequest()) {
                refuse(ctx, request);
            }
        }
        tracker.handle().touch();
        if (!asked) {
            asked = true;
            if (RequestsInProgress.isForwarded(request.headers(), HttpHeaders::contains)) {
                tracker.handle().forwards();
            }
        }
        dropping |= ending;
        inBody = true;
        bodyBytes = 0;
        connecting = HttpMethod.CONNECT.equals(request.method());
        if (!dropping && HttpUtil.is100ContinueExpected(request)) {
            expecting = true;
            beginEarly();
        }
    }

    /**
     * A body is use of the connection as it comes along, not by each byte: who sends it in drops keeps no slot by
     * that.
     */
    private void body(Object msg) {
        if (expecting) {
            expecting = false;
            endEarly();
        }
        bodyBytes += HttpMessageTypes.bytes(msg);
        if (bodyBytes >= SOME_BYTES) {
            bodyBytes = 0;
            tracker.handle().touch();
        }
    }

    /** The request is whole. False: drop it. */
    private boolean whole() {
        inBody = false;
        expecting = false;
        finished();
        open++;
        if (early) {
            // This work goes on as that of a whole request.
            early = false;
            return true;
        }
        return open <= 0 || tracker.handle().begin();
    }

    /**
     * The connection stays, as the client's session does, unless the client wants it closed or will not send its body.
     */
    private void refuse(ChannelHandlerContext ctx, HttpRequest request) {
        tracker.port().listener.countRefusedRequest();
        dropping = true;
        closing = RequestRefusal.closes(request);
        ctx.writeAndFlush(RequestRefusal.answer(request, tracker.port().listener.retryAfterSeconds()));
        if (closing) {
            ConnectionEnd.closeSoon(ctx.channel());
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        HttpResponse response = HttpMessageTypes.response(msg);
        if (response != null) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                    && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
            if (HttpMessageTypes.leavesHttp(response, connecting)) {
                tracker.handle().exemptFromEviction();
            }
            began();
            endWith(response);
        }
        if (!HttpMessageTypes.isLast(msg) || informational) {
            ctx.write(msg, promise);
            return;
        }
        boolean work = open > 0 || early;
        early &= open > 0;
        open--;
        if (work) {
            leaving++;
            ctx.write(msg, promise.unvoid().addListener(answered));
        } else if (ending) {
            ctx.write(
                    msg, promise.unvoid().addListener((ChannelFuture done) -> ConnectionEnd.closeSoon(done.channel())));
        } else {
            ctx.write(msg, promise);
        }
    }

    /** A response, or an interim one, to a request that is not whole yet. */
    private void began() {
        if (!inBody || open > 0) {
            return;
        }
        if (!informational) {
            beginEarly();
        } else if (expecting) {
            expecting = false;
            endEarly();
            readComplete();
        }
    }

    /**
     * The last answer of a connection whose server leaves, or whose turn is over, unless requests are pipelined behind
     * this one.
     */
    private void endWith(HttpResponse response) {
        if (open <= 1
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL
                && (tracker.port().ports.leaving() || tracker.handle().leaves())) {
            ending = true;
            tracker.lastAnswer();
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void onAnswered(ChannelFuture done) {
        leaving--;
        tracker.waits.workEnded();
        if (ending) {
            ConnectionEnd.closeSoon(done.channel());
        }
    }
}
