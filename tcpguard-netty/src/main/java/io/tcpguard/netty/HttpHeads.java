/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tcpguard.spi.RequestsInProgress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the guard reads of a request's head and writes into an answer's. The headers may be of an application's own
 * kind, which throws at what it does not know, or belong to all its answers: neither request nor answer fails by them,
 * and nobody else's answer changes.
 */
final class HttpHeads {
    private HttpHeads() {}

    /** Not so of RTSP, which has the same messages and sends more than answers. */
    static boolean isHttp(Object request) {
        return says(
                (HttpRequest) request,
                head -> head.protocolVersion().protocolName().equals(HttpVersion.HTTP_1_1.protocolName()),
                /* unknown= */ false);
    }

    static boolean isForwarded(HttpRequest request) {
        return says(
                request,
                head -> RequestsInProgress.isForwarded(head.headers(), HttpHeaders::contains),
                /* unknown= */ false);
    }

    static boolean expectsContinue(HttpRequest request) {
        return says(request, HttpUtil::is100ContinueExpected, /* unknown= */ false);
    }

    /** Whether a connection ends with the refusal: the client wants that, or will not send its body. */
    static boolean closesWhenRefused(HttpRequest request) {
        return says(
                request,
                head -> !HttpUtil.isKeepAlive(head) || HttpUtil.is100ContinueExpected(head),
                /* unknown= */ true);
    }

    private static boolean says(HttpRequest request, Predicate<HttpRequest> question, boolean unknown) {
        try {
            return question.test(request);
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("the head of a request was not understood", e);
            return unknown;
        }
    }

    /** The answer with {@code Connection: close}, a copy where it can be copied; null if it takes no header. */
    static @Nullable HttpResponse closing(HttpResponse response) {
        try {
            HttpResponse last = own(response);
            last.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            return last;
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("an answer takes no header, so its connection goes on", e);
            return null;
        }
    }

    private static HttpResponse own(HttpResponse response) {
        if (response.getClass() == DefaultFullHttpResponse.class) {
            DefaultFullHttpResponse full = (DefaultFullHttpResponse) response;
            return new DefaultFullHttpResponse(
                    full.protocolVersion(),
                    full.status(),
                    full.content(),
                    full.headers().copy(),
                    full.trailingHeaders());
        }
        return response.getClass() == DefaultHttpResponse.class
                ? new DefaultHttpResponse(
                        response.protocolVersion(),
                        response.status(),
                        response.headers().copy())
                : response;
    }
}
