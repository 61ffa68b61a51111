/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.tcpguard.state.Capacity;
import java.util.concurrent.TimeUnit;

/**
 * The pause after a failed accept: 5 ms, doubling to a second, over at once when descriptors return. Of one event loop,
 * {@link #run} excepted, which is given to it.
 *
 * <p>Auto-read must be off meanwhile, or a transport whose selector is level-triggered spins on the connection that
 * waits. Who switches it on (the bootstrap's acceptor does so after a second) makes {@code read} come through, where it
 * is put off again.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class AcceptPause implements Runnable {
    static final long FIRST_MILLIS = 5;
    static final long LONGEST_MILLIS = 1000;
    private static final long LOOK_MILLIS = 20;

    private final ChannelHandlerContext ctx;
    private final ServerPort port;
    private final Runnable tick = new Tick();
    private long nextMillis = FIRST_MILLIS;
    private long leftMillis;
    private long stepMillis;
    private long mostUsed;
    private boolean paused;
    private boolean holding;
    private boolean ticking;
    private boolean autoReadFound;
    private boolean readHeld;

    AcceptPause(ChannelHandlerContext ctx, ServerPort port) {
        this.ctx = ctx;
        this.port = port;
    }

    /** An accept worked. */
    void accepted() {
        nextMillis = FIRST_MILLIS;
    }

    /** An accept failed. */
    void begin() {
        if (paused) {
            return;
        }
        leftMillis = nextMillis;
        nextMillis = Math.min(LONGEST_MILLIS, 2 * nextMillis);
        mostUsed = port.ports.policy.snapshot().capacity().used();
        stopReading();
        port.wantsDescriptors = this;
        look();
    }

    private void stopReading() {
        paused = true;
        readHeld = false;
        autoReadFound = ctx.channel().config().isAutoRead();
        ctx.channel().config().setAutoRead(false);
    }

    /**
     * A connection waits for a slot: nobody is accepted until {@link #end}, and it is told when a descriptor comes
     * free.
     */
    void hold(Runnable waiting) {
        if (!paused) {
            stopReading();
        }
        holding = true;
        port.wantsDescriptors = waiting;
    }

    /** Whether a read must wait; if so, it is remembered. */
    boolean holdsBack() {
        if (!paused) {
            return false;
        }
        readHeld = true;
        if (ctx.channel().config().isAutoRead()) {
            autoReadFound = true;
            ctx.channel().config().setAutoRead(false);
        }
        return true;
    }

    /** A descriptor came free, or the time is up: try again. */
    @Override
    public void run() {
        end();
    }

    /** Leaves auto-read as it was found. */
    void end() {
        if (!paused) {
            return;
        }
        paused = false;
        holding = false;
        port.wantsDescriptors = null;
        if (autoReadFound) {
            ctx.channel().config().setAutoRead(true);
        } else if (readHeld) {
            ctx.read();
        }
    }

    private void look() {
        if (ticking) {
            return;
        }
        stepMillis = Math.min(leftMillis, LOOK_MILLIS);
        try {
            ctx.channel().eventLoop().schedule(tick, stepMillis, TimeUnit.MILLISECONDS);
            ticking = true;
        } catch (RuntimeException | Error e) {
            NettyLog.LOG.debug("accepting goes on at once", e);
            end();
        }
    }

    /** Fewer in use than at the worst of this pause, and not all: the table is no longer full. */
    private boolean descriptorsReturned() {
        Capacity capacity = port.ports.policy.snapshot().capacity();
        long used = capacity.used();
        boolean fewer = used < mostUsed;
        mostUsed = Math.max(mostUsed, used);
        return capacity.known() && fewer && used < capacity.limit();
    }

    private final class Tick implements Runnable {
        @Override
        public void run() {
            ticking = false;
            if (!paused || holding) {
                return;
            }
            leftMillis -= stepMillis;
            if (leftMillis <= 0 || descriptorsReturned()) {
                end();
            } else {
                look();
            }
        }
    }
}
