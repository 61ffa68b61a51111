/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request when it is whole, after the work's time; the event loop is free meanwhile. One for each connection.
 */
// A write or close that fails means that the client has gone; Netty closes the channel, nothing else is to be done.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoginHandler extends SimpleChannelInboundHandler<HttpObject> {
    private final Work work;
    private @Nullable HttpRequest request;

    LoginHandler(Work work) {
        this.work = work;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (message instanceof HttpRequest head) {
            request = head;
        }
        if (message instanceof LastHttpContent && request != null) {
            HttpRequest whole = request;
            request = null;
            if (!whole.decoderResult().isSuccess()) {
                ctx.close();
            } else if (whole.uri().equals(Answers.HEALTH_PATH)) {
                answer(ctx, whole, Answers.health());
            } else {
                ctx.executor()
                        .schedule(() -> answer(ctx, whole, Answers.login()), work.millis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void answer(ChannelHandlerContext ctx, HttpRequest request, byte[] body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
        HttpUtil.setContentLength(response, body.length);
        boolean stays = HttpUtil.isKeepAlive(request);
        HttpUtil.setKeepAlive(response, stays);
        var written = ctx.writeAndFlush(response);
        if (!stays) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that resets is daily life under a flood; its connection is gone either way.
        ctx.close();
    }
}
