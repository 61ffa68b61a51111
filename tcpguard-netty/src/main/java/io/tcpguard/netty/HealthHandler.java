/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.HealthPage;

/** Answers one path with the verdict and hands the other requests on. Of one connection. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class HealthHandler extends ChannelDuplexHandler {
    private final TcpGuard guard;
    private final String path;
    /** Requests that the application has and whose responses have not left. */
    private int unanswered;

    private boolean swallowing;
    private boolean lastSwallowed;
    private boolean informational;

    HealthHandler(TcpGuard guard, String path) {
        this.guard = guard;
        this.path = path;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpRequest request) {
            // An answer may not overtake those of earlier requests (RFC 9112, 9.3.2); no checker pipelines.
            swallowing = unanswered == 0 && asksForHealth(request);
            if (swallowing) {
                answer(ctx, request);
            } else {
                unanswered++;
            }
        }
        lastSwallowed = swallowing && msg instanceof HttpObject;
        if (lastSwallowed) {
            swallowing = !(msg instanceof LastHttpContent);
            ReferenceCountUtil.release(msg);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    /** An application that asks for each message hears nothing of those that are answered here. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (lastSwallowed) {
            lastSwallowed = false;
            Http1Work.askForNext(ctx);
        }
    }

    private boolean asksForHealth(HttpRequest request) {
        String uri = request.uri();
        boolean read =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return read
                && request.decoderResult().isSuccess()
                && uri.startsWith(path)
                && (uri.length() == path.length() || uri.charAt(path.length()) == '?');
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest request) {
        boolean json = request.headers().contains(HttpHeaderNames.ACCEPT)
                && request.headers().get(HttpHeaderNames.ACCEPT).contains("application/json");
        HealthPage page = guard.healthPage(ServerPort.source(ctx.channel()), json);
        ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), page.body());
        int length = body.readableBytes();
        if (request.method().equals(HttpMethod.HEAD)) {
            body.release();
            body = Unpooled.EMPTY_BUFFER;
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(page.status()), body);
        page.headers().forEach((name, value) -> response.headers().set(name, value));
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        boolean keep = HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keep);
        if (keep) {
            ctx.writeAndFlush(response);
        } else {
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (msg instanceof LastHttpContent && !informational && unanswered > 0) {
            unanswered--;
        }
        ctx.write(msg, promise);
    }
}
