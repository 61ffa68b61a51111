package io.tcpguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Right behind the tracker where no {@link WorkSource} is found: bytes that went to the application are work until something is
 * written after them and has left. Too long rather than too short, so that nobody who waits for an answer is evicted.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ByteWork extends ChannelDuplexHandler {
    private final ConnectionTracker tracker;
    private final ChannelFutureListener written = this::onWritten;

    private boolean working;
    private boolean unanswered;
    private @Nullable ChannelPromise lastWrite;

    ByteWork(ConnectionTracker tracker) {
        this.tracker = tracker;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!tracker.reported() && !begin()) {
            ReferenceCountUtil.release(msg);
            return;
        }
        ctx.fireChannelRead(msg);
    }

    private boolean begin() {
        unanswered = true;
        if (!working) {
            working = tracker.begin();
        }
        return working;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ChannelPromise known = promise;
        if (working) {
            known = promise.unvoid();
            lastWrite = known;
            unanswered = false;
        }
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
        if (!unanswered && lastWrite == null) {
            end();
        }
    }

    /** Somebody knows better from now on. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        if (working) {
            working = false;
            tracker.end();
        }
    }
}
