/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Right behind the HTTP/1 codec, which it tells {@link Http1Requests} about. Refuses requests when the guard says so. A
 * request whose head is only partly there is no use of the connection yet; one whose body is partly there is
 * unfinished, and bytes that come in drops don't change that.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class Http1Work extends ChannelDuplexHandler implements WorkSource {
    /** So much of a body is a sign of life. */
    static final int SOME_BYTES = 1024;

    private final ConnectionTracker tracker;
    private final ChannelHandlerContext codec;
    private final Http1Requests requests;
    private final ChannelFutureListener answered = this::onAnswered;
    private @Nullable ChannelHandlerContext own;

    /** Its first request was looked at. */
    private boolean asked;

    private boolean connecting;
    private int bodyBytes;
    /** Bytes of all bodies. */
    private int came;

    private boolean informational;
    private boolean dropping;
    private boolean closing;

    /** Of what was read in one go the last was dropped, so that nobody who asks for each message hears of it. */
    private boolean lastDropped;

    /** An answer has come through here. */
    private boolean answers;

    /** The client was told that this answer is the last one. */
    private boolean ending;

    private Http1Work(ConnectionTracker tracker, ChannelHandlerContext codec) {
        this.tracker = tracker;
        this.codec = codec;
        this.requests = new Http1Requests(tracker);
    }

    /** Puts one behind the codec that is nearest to the application, if there is one, or both of its halves. */
    static @Nullable WorkSource find(ChannelPipeline pipeline, ConnectionTracker tracker) {
        if (pipeline.context(HttpServerCodec.class) == null
                && (pipeline.context(HttpRequestDecoder.class) == null
                        || pipeline.context(HttpResponseEncoder.class) == null)) {
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

    /** Puts one behind this handler, in front of which a codec is that nothing else tells of. */
    static WorkSource behind(ChannelHandlerContext there, ChannelHandlerContext codec, ConnectionTracker tracker) {
        Http1Work work = new Http1Work(tracker, codec);
        there.pipeline().addAfter(there.name(), null, work);
        return work;
    }

    @Override
    public boolean hasAnswered() {
        return answers;
    }

    @Override
    public void leave() {
        settle();
        if (own != null && !own.isRemoved()) {
            own.pipeline().remove(this);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        own = ctx;
    }

    @Override
    public boolean gone() {
        return codec.isRemoved() || own == null || own.isRemoved();
    }

    @Override
    public void readComplete() {
        requests.readComplete();
        if (lastDropped) {
            lastDropped = false;
            if (own != null) {
                askForNext(own);
            }
        }
    }

    /** For an application that asks for each message, and hears nothing of one that was taken from it. */
    static void askForNext(ChannelHandlerContext ctx) {
        if (!ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void takeOver(boolean partial) {
        requests.takeOver(partial);
    }

    @Override
    public void settle() {
        requests.settle();
    }

    @Override
    public boolean insideRequest() {
        return requests.any() && !(dropping && requests.none());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (HttpMessageTypes.isRequest(msg)) {
            head(ctx, (HttpRequest) msg);
        } else if (requests.inBody()) {
            body(msg);
        }
        boolean last = HttpMessageTypes.isLast(msg);
        lastDropped = dropping || closing;
        if (lastDropped) {
            if (last) {
                requests.droppedWhole();
            }
            dropping &= !last;
            ReferenceCountUtil.release(msg);
        } else if (last && !requests.whole()) {
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    private void head(ChannelHandlerContext ctx, HttpRequest request) {
        if (requests.none() && !closing) {
            if (!tracker.admitsRequest()) {
                refuse(ctx, request);
            }
        }
        tracker.handle().touch();
        if (!asked) {
            asked = true;
            if (HttpHeads.isForwarded(request)) {
                tracker.handle().forwards();
            }
        }
        dropping |= ending;
        bodyBytes = 0;
        connecting = HttpMethod.CONNECT.equals(request.method());
        requests.head(!dropping && HttpHeads.expectsContinue(request));
    }

    /**
     * A body is use of the connection as it comes along, not by each byte: who sends it in drops keeps no slot by
     * that.
     */
    private void body(Object msg) {
        requests.bodyCame();
        int bytes = HttpMessageTypes.bytes(msg);
        came += bytes;
        bodyBytes += bytes;
        if (bodyBytes >= SOME_BYTES) {
            bodyBytes = 0;
            tracker.handle().touch();
        }
    }

    /**
     * The connection stays, as the client's session does, unless the client wants it closed or will not send its body.
     */
    private void refuse(ChannelHandlerContext ctx, HttpRequest request) {
        tracker.port().listener.countRefusedRequest();
        dropping = true;
        closing = HttpHeads.closesWhenRefused(request);
        ctx.writeAndFlush(
                RequestRefusal.answer(request, closing, tracker.port().listener.retryAfterSeconds()));
        if (closing) {
            closeSoon(ctx.channel());
        }
    }

    private void closeSoon(Channel channel) {
        ConnectionEnd.closeSoon(channel, tracker.ports(), () -> came);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        HttpResponse response = HttpMessageTypes.response(msg);
        Object sent = response == null ? msg : begin(response);
        if (!HttpMessageTypes.isLast(msg) || informational) {
            ctx.write(sent, promise);
        } else if (requests.answerEnds()) {
            ctx.write(sent, promise.unvoid().addListener(answered));
        } else if (ending) {
            ctx.write(sent, promise.unvoid().addListener((ChannelFuture done) -> closeSoon(done.channel())));
        } else {
            ctx.write(sent, promise);
        }
    }

    /** What is to be sent for it. */
    private HttpResponse begin(HttpResponse response) {
        answers = true;
        informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        boolean leaves = HttpMessageTypes.leavesHttp(response, connecting);
        if (leaves) {
            tracker.keep();
        }
        requests.answerBegins(informational);
        return leaves || response.status().codeClass() == HttpStatusClass.INFORMATIONAL ? response : endWith(response);
    }

    /**
     * The last answer of a connection whose server leaves, or whose turn is over, unless requests are pipelined behind
     * this one.
     */
    private HttpResponse endWith(HttpResponse response) {
        if (requests.pipelined()
                || !(tracker.port().ports.leaving() || tracker.handle().leaves())) {
            return response;
        }
        HttpResponse last = HttpHeads.closing(response);
        if (last == null) {
            return response;
        }
        ending = true;
        tracker.lastAnswer();
        return last;
    }

    private void onAnswered(ChannelFuture done) {
        requests.answerLeft();
        if (ending) {
            closeSoon(done.channel());
        }
    }
}
