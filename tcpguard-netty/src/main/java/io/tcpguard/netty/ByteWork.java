/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
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
 * ones. On a port that speaks HTTP an empty line ends a word, and a word that comes in drops is no use of the
 * connection.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ByteWork extends ChannelDuplexHandler {
    /** CR LF CR LF. */
    private static final int END_OF_HEAD = 0x0D0A0D0A;

    private final ConnectionTracker tracker;
    private final ChannelHandlerContext start;
    private final ChannelHandlerContext behind;
    private final ChannelFutureListener written = this::onWritten;

    /** Whether what comes here is known to be whole. */
    private boolean whole;

    private boolean working;
    private boolean unanswered;
    private boolean answered;
    /** Whether the client is said to owe the rest of a word. */
    private boolean owesRest;

    private int drops;
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

    /** Where the clear text begins. */
    ChannelHandlerContext start() {
        return start;
    }

    /** A message that nobody has answered is with the application already. */
    void takeOver() {
        unanswered = true;
        working = tracker.handle().begin();
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
        } else if (!begin(msg)) {
            ReferenceCountUtil.release(msg);
            return;
        }
        ctx.fireChannelRead(msg);
    }

    private boolean begin(Object msg) {
        unanswered = true;
        if (!working) {
            working = tracker.handle().begin();
        } else if (whole || isSignOfLife(msg)) {
            tracker.handle().touch();
        }
        if (working && !whole) {
            owesRest = !isHttp() || !endsHead(msg);
            tracker.waits.owesRest(owesRest);
        }
        return working;
    }

    private boolean isHttp() {
        return tracker.port().ports.protocol == Protocol.HTTP;
    }

    private boolean isSignOfLife(Object msg) {
        drops += msg instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        if (isHttp() && drops < Http1Work.SOME_BYTES) {
            return false;
        }
        drops = 0;
        return true;
    }

    /** Whether a request may be whole with this: its head ends so (RFC 9112, 2.1). */
    private static boolean endsHead(Object msg) {
        return msg instanceof ByteBuf bytes
                && bytes.readableBytes() >= Integer.BYTES
                && bytes.getInt(bytes.writerIndex() - Integer.BYTES) == END_OF_HEAD;
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
        if (!answered && done.isSuccess()) {
            answered = true;
            whole = true;
            Lookout.answered(done.channel().pipeline());
        }
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
    boolean owesRest() {
        return !whole && owesRest;
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
