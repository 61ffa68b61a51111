/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.spi.ReplyBudget;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a server channel before {@code ServerBootstrapAcceptor} and sees each accepted child while nothing has been
 * spent on it. Of one event loop.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class AcceptHandler extends ChannelDuplexHandler {
    /** How long a port whose guard does not run waits for the next look. */
    static final long AGAIN_MILLIS = 1000;

    private final Ports ports;
    private final RateLimitedLog trouble = new RateLimitedLog(NettyLog.LOG, TimeUnit.SECONDS.toNanos(1));
    private @Nullable ServerPort port;
    private @Nullable AcceptPause pause;
    private @Nullable AcceptWait wait;
    private int batchFound;
    private int batchSet;

    AcceptHandler(Ports ports) {
        this.ports = ports;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (batchSize(ctx.channel()) instanceof MaxMessagesRecvByteBufAllocator batch) {
            batchFound = batch.maxMessagesPerRead();
            batchSet = batchFound;
        }
        if (ctx.channel().isActive()) {
            open(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        open(ctx);
        ctx.fireChannelActive();
    }

    /**
     * Once the guard runs; until then again and again, so that who binds first and starts the guard later is guarded
     * too.
     */
    private void open(ChannelHandlerContext ctx) {
        if (port != null || ctx.isRemoved() || !ctx.channel().isActive()) {
            return;
        }
        port = ports.tryOf(ctx.channel());
        if (port == null) {
            ctx.channel().eventLoop().schedule(() -> open(ctx), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        pause = new AcceptPause(ctx, port);
        wait = new AcceptWait(ctx, this, pause);
        fitBatch(ctx.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(ctx.channel());
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        close(ctx.channel());
    }

    private void close(Channel server) {
        if (port != null && pause != null && wait != null) {
            wait.end();
            wait = null;
            pause.end();
            pause = null;
            if (server.isActive()) {
                // The gate was taken out.
                port.close();
            } else {
                port.ended();
            }
            port = null;
            setBatch(server, batchFound);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof Channel child) || pause == null || wait == null) {
            ctx.fireChannelRead(msg);
            return;
        }
        pause.accepted();
        if (wait.full(batchSet)) {
            carryOut(ctx, child, decide(child, ServerPort::decideNow));
        } else if (wait.holds()) {
            wait.hold(child, false);
        } else {
            carryOut(ctx, child, decide(child, ServerPort::decide));
        }
    }

    void carryOut(ChannelHandlerContext ctx, Channel child, Admission decision) {
        switch (decision) {
            case ADMIT -> {
                ctx.fireChannelRead(child);
                if (!child.isOpen()) {
                    // Closed without an event loop, by who came after: no close event tells of it.
                    ConnectionTracker.forget(child);
                }
            }
            case WAIT -> {
                if (wait != null) {
                    wait.hold(child, true);
                }
            }
            case RESPOND -> {
                if (port != null) {
                    answer(ctx, child, port);
                }
            }
            case CLOSE -> {
                if (tryLeave(ctx, child)) {
                    return;
                }
                if (wait != null && !wait.full(batchSet)) {
                    wait.holdLeaving(child);
                } else {
                    endHere(ctx, child, SilentLeave.inHaste(), () -> {});
                }
            }
            case RESET -> ChannelCloser.unregistered(child, Admission.RESET);
        }
    }

    /** Of the child that waits. */
    void giveUp() {
        if (port != null) {
            port.giveUp();
        }
    }

    /** The decision, carried out if it is to admit. Whatever goes wrong in here, the client does not pay for it. */
    Admission decide(Channel child, BiFunction<ServerPort, Channel, Admission> question) {
        ServerPort at = port;
        if (at == null) {
            return Admission.ADMIT;
        }
        try {
            Admission decision = question.apply(at, child);
            if (decision == Admission.ADMIT) {
                child.pipeline().addFirst(at.admit(child));
            }
            return decision;
        } catch (RuntimeException | Error e) {
            trouble.warn("a connection is served unguarded", e, System.nanoTime());
            return Admission.ADMIT;
        }
    }

    /**
     * On the loop that accepts: it is of the right kind, one selector serves all, and it answers though every worker is
     * stuck.
     */
    private void answer(ChannelHandlerContext ctx, Channel child, ServerPort of) {
        if (ports.protocol == Protocol.OTHER && !ports.behindProxy) {
            ChannelCloser.unregistered(child, Admission.RESPOND);
        } else {
            endHere(
                    ctx,
                    child,
                    ports.protocol == Protocol.OTHER ? SilentLeave.ofNew(true) : new RefusedConnection(of),
                    ports::answered);
        }
    }

    /**
     * In an orderly way as far as that goes: over unread bytes the kernel makes a reset of a close. False if it must
     * wait for that, since a proxy takes a reset for a failure of this server.
     */
    boolean tryLeave(ChannelHandlerContext ctx, Channel child) {
        if (ports.tryLeave()) {
            endHere(ctx, child, SilentLeave.ofNew(ports.behindProxy), ports::left);
            return true;
        }
        if (!ports.behindProxy) {
            ChannelCloser.unregistered(child, Admission.CLOSE);
            return true;
        }
        return false;
    }

    /** The slot that it takes meanwhile is given back, whatever goes wrong: there are few. */
    private void endHere(ChannelHandlerContext ctx, Channel child, ChannelHandler how, Runnable giveBack) {
        try {
            child.pipeline().addLast(how);
            ctx.channel().eventLoop().register(child);
            child.closeFuture().addListener(gone -> giveBack.run());
        } catch (RuntimeException | Error e) {
            giveBack.run();
            trouble.warn("a refused connection was told nothing", e, System.nanoTime());
            child.unsafe().closeForcibly();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        fitBatch(ctx.channel());
        ctx.fireChannelReadComplete();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (pause == null || !pause.holdsBack()) {
            ctx.read();
        }
    }

    /**
     * Takes accept errors out of the way of {@code ServerBootstrapAcceptor}, which would stop accepting for a fixed
     * second.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException && pause != null && ctx.channel().isOpen()) {
            pause.begin();
            trouble.warn("accept failed on " + ctx.channel().localAddress() + ": " + cause, null, System.nanoTime());
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void fitBatch(Channel server) {
        int fit = ReplyBudget.batch(ports.policy.snapshot().capacity(), batchFound);
        if (fit != batchSet) {
            setBatch(server, fit);
        }
    }

    private void setBatch(Channel server, int messages) {
        if (messages > 0 && batchSize(server) instanceof MaxMessagesRecvByteBufAllocator batch) {
            batch.maxMessagesPerRead(messages);
            batchSet = messages;
        }
    }

    private static Object batchSize(Channel server) {
        return server.config().getRecvByteBufAllocator();
    }
}
