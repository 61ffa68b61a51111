/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Where no {@link WorkSource} is found, behind the last decoder, or first where there is none: what goes to the
 * application is work until something is written after it and has left. Too long rather than too short, so that nobody
 * who waits for an answer is evicted. What the server sends untrackedConnections is use of the connection as soon as it
 * has left.
 *
 * <p>Without a decoder a client's first bytes may be half a word: only who was answered once is known to say whole
 * ones.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ByteWork extends ChannelDuplexHandler {
    private final ConnectionTracker tracker;
    private final ChannelHandlerContext start;
    private final ChannelHandlerContext behind;
    private final ChannelFutureListener written = this::onWritten;

    /** Whether what comes here is known to be whole. */
    private boolean whole;

    private boolean working;
    private boolean unanswered;
    private @Nullable ChannelPromise lastWrite;
    private @Nullable ChannelHandlerContext own;

    /**
     * @param start where the clear text begins
     * @param behind the decoder, or start
     */
    ByteWork(ConnectionTracker tracker, ChannelHandlerContext start, ChannelHandlerContext behind, boolean framed) {
        this.tracker = tracker;
        this.start = start;
        this.behind = behind;
        this.whole = framed;
    }

    /** Whether it is where it was put, and so is the handler that it was put behind. */
    boolean stands(ChannelHandlerContext clearText) {
        return start == clearText && standsBehind(behind) && !behind.isRemoved();
    }

    boolean standsBehind(ChannelHandlerContext there) {
        return behind == there && own != null && !own.isRemoved();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        own = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        // What comes may have changed the pipeline before it came here: who knows better is to see it.
        tracker.look();
        if (ctx.isRemoved()) {
            ctx.fireChannelRead(msg);
            return;
        }
        if (tracker.reported()) {
            tracker.handle().touch();
        } else if (!begin()) {
            ReferenceCountUtil.release(msg);
            return;
        }
        ctx.fireChannelRead(msg);
    }

    private boolean begin() {
        unanswered = true;
        if (working) {
            tracker.handle().touch();
            return true;
        }
        working = tracker.handle().begin();
        if (working && !whole) {
            tracker.waits.owesRest(true);
        }
        return working;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ChannelPromise known = promise.unvoid();
        lastWrite = known;
        unanswered = false;
        ctx.write(msg, known);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        ChannelPromise last = lastWrite;
        if (last != null) {
            lastWrite = null;
            last.addListener(written);
        }
    }

    private void onWritten(ChannelFuture done) {
        whole |= done.isSuccess();
        if (working && !unanswered && lastWrite == null) {
            end();
        } else if (done.isSuccess()) {
            tracker.handle().sent();
        }
    }

    /** Whether something is in progress, as far as bytes tell. */
    boolean working() {
        return working;
    }

    /** Whether that may be a part of a message only. */
    boolean partial() {
        return !whole;
    }

    /** Somebody knows better from now on. */
    void leave() {
        if (own != null && !own.isRemoved()) {
            own.pipeline().remove(this);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        if (working) {
            working = false;
            tracker.waits.owesRest(false);
            tracker.waits.workEnded();
        }
    }
}
