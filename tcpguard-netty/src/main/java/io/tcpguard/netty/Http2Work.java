/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Listens on an HTTP/2 connection, whatever is built on it (frame codec, multiplexing, gRPC): each open stream is work,
 * also one that carries nothing for a while. Where nothing is open but requests that are not whole, whose response has
 * not begun, and whose bytes the application has taken, the connection is unfinished; gRPC calls and tunnels never end
 * their requests, and are no such ones. Refuses new streams by REFUSED_STREAM, which tells the client that it may try
 * again (RFC 9113, 8.7). Bytes that belong to no stream are no use of the connection.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class Http2Work extends Http2ConnectionAdapter implements WorkSource {
    private static final long SOME_BYTES = 4096;

    private final ConnectionTracker tracker;
    private final ChannelHandlerContext ctx;
    private final Http2ConnectionHandler handler;
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey begun;
    private final PartialRequests partial;
    private int open;
    /** Bytes of windows at the last look. */
    private long granted;

    private Http2Work(ConnectionTracker tracker, ChannelHandlerContext ctx, Http2ConnectionHandler handler) {
        this.tracker = tracker;
        this.ctx = ctx;
        this.handler = handler;
        this.connection = handler.connection();
        this.begun = connection.newKey();
        this.partial = new PartialRequests(tracker, connection, ctx);
    }

    static @Nullable WorkSource find(ChannelPipeline pipeline, ConnectionTracker tracker) {
        Http2ConnectionHandler handler = pipeline.get(Http2ConnectionHandler.class);
        if (handler == null) {
            return null;
        }
        Http2Work work = new Http2Work(tracker, pipeline.context(handler), handler);
        work.attach();
        return work;
    }

    /** A stream may be open already: the request that upgraded the connection. */
    private void attach() {
        tracker.withoutStream(connection.remote().lastStreamCreated() <= 0);
        connection.addListener(this);
        partial.listen(handler.decoder());
        try {
            connection.forEachActiveStream(stream -> {
                begin(stream);
                return true;
            });
        } catch (Http2Exception e) {
            NettyLog.LOG.debug("streams of {}", ctx.channel(), e);
        }
    }

    @Override
    public boolean gone() {
        return ctx.isRemoved();
    }

    @Override
    public void readComplete() {
        partial.look(open);
    }

    @Override
    public boolean hasWindows() {
        return true;
    }

    /**
     * Whether each open stream waits for the client: for the rest of its request, or for room in the windows, of which
     * less came since the last look than is a sign of life.
     */
    @Override
    public boolean windowsStandStill() {
        boolean moved = open > 0 && partial.granted() - granted >= SOME_BYTES;
        if (moved) {
            granted = partial.granted();
            tracker.handle().sent();
        }
        Http2RemoteFlowController flow = connection.remote().flowController();
        boolean[] waits = {false};
        try {
            Http2Stream other = connection.forEachActiveStream(stream -> {
                waits[0] |= flow.hasFlowControlled(stream);
                return flow.hasFlowControlled(stream) || partial.has(stream);
            });
            return !moved && waits[0] && other == null;
        } catch (Http2Exception e) {
            NettyLog.LOG.debug("streams of {}", ctx.channel(), e);
            return false;
        }
    }

    @Override
    public void settle() {
        connection.removeListener(this);
        partial.look(0);
        for (; open > 0; open--) {
            tracker.waits.workEnded();
        }
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        tracker.withoutStream(false);
        boolean fromClient = connection.remote().isValidStreamId(stream.id());
        if (fromClient && !tracker.admitsRequest()) {
            tracker.port().listener.countRefusedRequest();
            handler.resetStream(ctx, stream.id(), Http2Error.REFUSED_STREAM.code(), ctx.newPromise());
        } else {
            begin(stream);
        }
    }

    @Override
    public boolean insideRequest() {
        return open > 0;
    }

    /**
     * The highest number tells the client to open no more streams, and takes none that is on its way (RFC 9113, 6.8).
     */
    @Override
    public boolean tellToGo(boolean all) {
        if (!all && open > 0) {
            return false;
        }
        goAway(Integer.MAX_VALUE);
        return true;
    }

    @Override
    public void tellLast() {
        goAway(Math.max(0, connection.remote().lastStreamCreated()));
    }

    private void goAway(int lastStream) {
        handler.goAway(ctx, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
        ctx.flush();
    }

    private void begin(Http2Stream stream) {
        if (tracker.handle().begin()) {
            open++;
            stream.setProperty(begun, Boolean.TRUE);
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        partial.ended(stream);
        if (stream.removeProperty(begun) != null) {
            open--;
            tracker.waits.workEnded();
            partial.look(open);
            if (open == 0 && tracker.handle().leaves()) {
                tracker.tellToGo(true);
            }
        }
    }
}
