/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.RequestsInProgress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Requests of one HTTP/2 connection whose head is here and whose end is not, and whether there is nothing else. Of the
 * connection's event loop.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class PartialRequests {
    /** The application may take bytes, or begin its response, without any frame of the client's: so one looks again. */
    private static final long AGAIN_MILLIS = 1000;

    private final ConnectionTracker tracker;
    private final ConnectionHandle handle;
    private final Http2Connection connection;
    private final ChannelHandlerContext ctx;
    private final Set<Http2Stream> streams = new HashSet<>(4);
    private int open;
    private int bytes;
    private boolean said;
    private boolean looking;

    /** Bytes that the client let the server send, beside what it let it at first. */
    private long granted;

    /** Its first request was looked at. */
    private boolean asked;

    PartialRequests(ConnectionTracker tracker, Http2Connection connection, ChannelHandlerContext ctx) {
        this.tracker = tracker;
        this.handle = tracker.handle();
        this.connection = connection;
        this.ctx = ctx;
    }

    /** Hears of each frame before the application does. */
    void listen(Http2ConnectionDecoder decoder) {
        Http2FrameListener application = decoder.frameListener();
        if (application != null) {
            decoder.frameListener(new Listener(application));
        }
    }

    void ended(Http2Stream stream) {
        if (!streams.isEmpty()) {
            streams.remove(stream);
        }
    }

    /** @param openNow streams that are work, the partial ones too */
    void look(int openNow) {
        open = openNow;
        if (streams.isEmpty() && !said) {
            return;
        }
        boolean all = streams.size() >= open && open > 0;
        say(all && streams.stream().allMatch(this::waitsForTheClient));
        if (all && !looking) {
            looking = true;
            ctx.executor().schedule(this::lookAgain, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAgain() {
        looking = false;
        if (ctx.channel().isActive() && !ctx.isRemoved()) {
            look(open);
        }
    }

    private void say(boolean unfinished) {
        if (said != unfinished) {
            said = unfinished;
            tracker.waits.owesRest(unfinished);
        }
    }

    long granted() {
        return granted;
    }

    /** Whether it waits for the rest of this request. */
    boolean has(Http2Stream stream) {
        return streams.contains(stream);
    }

    private boolean waitsForTheClient(Http2Stream stream) {
        return !stream.isHeadersSent() && connection.local().flowController().unconsumedBytes(stream) == 0;
    }

    /** What fails here must not fail the request. */
    private void heard(int id, Http2Headers headers, boolean whole) {
        try {
            head(id, headers, whole);
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("the head of a request of {} was not understood; it is served", ctx.channel(), e);
        }
    }

    private void head(int id, Http2Headers headers, boolean whole) {
        if (!asked) {
            asked = true;
            // gRPC's own headers throw at any other kind of name.
            if (RequestsInProgress.isForwarded(headers, (all, name) -> all.contains(AsciiString.of(name)))) {
                handle.forwards();
            }
        }
        Http2Stream stream = connection.stream(id);
        if (stream == null || whole) {
            if (stream != null) {
                ended(stream);
            }
            return;
        }
        CharSequence type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        boolean endless = (type != null && type.toString().startsWith("application/grpc"))
                || (headers.method() != null && "CONNECT".contentEquals(headers.method()));
        if (!endless) {
            streams.add(stream);
        }
    }

    private void body(int id, int length, boolean last) {
        if (last) {
            Http2Stream stream = connection.stream(id);
            if (stream != null) {
                ended(stream);
            }
        } else if (said) {
            bytes += length;
            if (bytes >= Http1Work.SOME_BYTES) {
                bytes = 0;
                handle.touch();
            }
        }
    }

    private final class Listener extends Http2FrameListenerDecorator {
        Listener(Http2FrameListener application) {
            super(application);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext from, int id, Http2Headers headers, int padding, boolean endOfStream)
                throws Http2Exception {
            heard(id, headers, endOfStream);
            super.onHeadersRead(from, id, headers, padding, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext from,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream)
                throws Http2Exception {
            heard(id, headers, endOfStream);
            super.onHeadersRead(from, id, headers, dependency, weight, exclusive, padding, endOfStream);
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext from, int id, int increment) throws Http2Exception {
            granted += increment;
            super.onWindowUpdateRead(from, id, increment);
        }

        @Override
        public int onDataRead(ChannelHandlerContext from, int id, ByteBuf data, int padding, boolean endOfStream)
                throws Http2Exception {
            body(id, data.readableBytes(), endOfStream);
            return super.onDataRead(from, id, data, padding, endOfStream);
        }
    }
}
