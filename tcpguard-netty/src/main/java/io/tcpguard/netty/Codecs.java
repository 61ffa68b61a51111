/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/** The codecs that know when work begins and ends. Codecs that are not on the class path are not asked for. */
final class Codecs {
    static final boolean HTTP1 = present("io.netty.handler.codec.http.HttpServerCodec");
    private static final boolean HTTP2 = present("io.netty.handler.codec.http2.Http2ConnectionHandler");

    /** Whether TLS is there. */
    static final boolean TLS = present("io.netty.handler.ssl.SslHandler");

    private Codecs() {}

    static @Nullable WorkSource find(ChannelPipeline pipeline, ConnectionTracker tracker) {
        WorkSource found = HTTP2 ? Http2Work.find(pipeline, tracker) : null;
        return found == null && HTTP1 ? Http1Work.find(pipeline, tracker) : found;
    }

    /** Whether a codec of HTTP/1 has made this of a client's bytes. */
    static boolean isRequest(Object msg) {
        return HTTP1 && HttpMessageTypes.isRequest(msg) && HttpHeads.isHttp(msg);
    }

    static boolean isResponse(Object msg) {
        return HTTP1 && HttpMessageTypes.response(msg) != null;
    }

    static boolean isWholeResponse(Object msg) {
        return isResponse(msg) && HttpMessageTypes.isLast(msg);
    }

    /** Who counts requests and answers of HTTP/1 behind this handler, in front of which their codec is. */
    static WorkSource http1Behind(ChannelHandlerContext there, ChannelHandlerContext codec, ConnectionTracker tracker) {
        return Http1Work.behind(there, codec, tracker);
    }

    /** Sends a close frame (RFC 6455, 7.4.1: 1001, going away) if this is a WebSocket by now. On the event loop. */
    static void closeWebSocket(Channel channel, Ports ports) {
        if (HTTP1) {
            WebSocketEnd.tell(channel, ports);
        }
    }

    static boolean present(String name) {
        try {
            Class.forName(name, false, Codecs.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
