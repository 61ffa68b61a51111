/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * What a message of Netty's HTTP codec is. By its class, where it is one of Netty's usual ones: to ask one object for
 * two interfaces in turn makes all event loops write one cache line of its class (JDK-8180450).
 */
final class HttpMessageTypes {
    private HttpMessageTypes() {}

    static boolean isRequest(Object msg) {
        return msg.getClass() == DefaultHttpRequest.class
                || (msg != LastHttpContent.EMPTY_LAST_CONTENT && msg instanceof HttpRequest);
    }

    static boolean isLast(Object msg) {
        Class<?> type = msg.getClass();
        return msg == LastHttpContent.EMPTY_LAST_CONTENT
                || type == DefaultFullHttpResponse.class
                || (type != DefaultHttpRequest.class
                        && type != DefaultHttpResponse.class
                        && msg instanceof LastHttpContent);
    }

    /** Bytes of a body in this part. */
    static int bytes(Object msg) {
        if (msg.getClass() == DefaultHttpContent.class) {
            return ((DefaultHttpContent) msg).content().readableBytes();
        }
        return msg != LastHttpContent.EMPTY_LAST_CONTENT && msg instanceof HttpContent part
                ? part.content().readableBytes()
                : 0;
    }

    static @Nullable HttpResponse response(Object msg) {
        if (msg.getClass() == DefaultFullHttpResponse.class) {
            return (DefaultFullHttpResponse) msg;
        }
        return msg != LastHttpContent.EMPTY_LAST_CONTENT && msg instanceof HttpResponse response ? response : null;
    }

    /** An upgrade to what can't be seen into, as HTTP/2 can, or a tunnel (RFC 9110, 9.3.6). */
    static boolean leavesHttp(HttpResponse response, boolean connecting) {
        if (connecting && response.status().codeClass() == HttpStatusClass.SUCCESS) {
            return true;
        }
        return response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                && !response.headers().containsValue(HttpHeaderNames.UPGRADE, "h2c", true);
    }
}
