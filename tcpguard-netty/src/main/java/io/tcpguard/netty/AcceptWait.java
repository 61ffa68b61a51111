/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.tcpguard.spi.Pacing;
import io.tcpguard.state.Admission;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Holds the connection that waits for a slot, and the rest of its batch, while all others wait in the accept queue. Of
 * one event loop, {@link #run} included.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class AcceptWait implements Runnable {
    /** As many as a batch has where the reserve is least. io_uring goes on accepting, whatever auto-read says. */
    static final int MOST = 2;

    private final ChannelHandlerContext ctx;
    private final AcceptHandler gate;
    private final AcceptPause pause;
    private final Queue<Channel> held = new ArrayDeque<>();
    private boolean firstAsked;
    private boolean firstLeaves;
    private boolean ticking;

    AcceptWait(ChannelHandlerContext ctx, AcceptHandler gate, AcceptPause pause) {
        this.ctx = ctx;
        this.gate = gate;
        this.pause = pause;
    }

    boolean holds() {
        return !held.isEmpty();
    }

    /**
     * @param batch as many as come in one go, an eighth of the reserve at most: all of them are held, so that none is
     *     refused for its neighbours
     */
    boolean full(int batch) {
        return held.size() >= Math.max(MOST, batch);
    }

    /** @param asked whether the policy said {@link Admission#WAIT} of it; else its turn has not come */
    void hold(Channel child, boolean asked) {
        held.add(child);
        if (held.size() == 1) {
            firstAsked = asked;
            firstLeaves = false;
            pause.hold(this);
            look();
        }
    }

    /** It is refused, and waits for its turn to be closed in an orderly way. */
    void holdLeaving(Channel child) {
        hold(child, false);
        firstLeaves |= held.size() == 1;
    }

    /** A slot may be free. */
    @Override
    public void run() {
        for (Channel child = held.peek(); child != null; child = held.peek()) {
            Admission decision = firstLeaves
                    ? Admission.CLOSE
                    : gate.decide(child, firstAsked ? ServerPort::decideAgain : ServerPort::decide);
            firstAsked = decision == Admission.WAIT;
            firstLeaves = decision == Admission.CLOSE && !gate.tryLeave(ctx, child);
            if (firstAsked || firstLeaves) {
                look();
                return;
            }
            held.remove();
            if (decision != Admission.CLOSE) {
                gate.carryOut(ctx, child, decision);
            }
        }
        pause.end();
    }

    /** Those held are served, if there is still who serves them. */
    void end() {
        for (Channel child = held.poll(); child != null; child = held.poll()) {
            if (ctx.channel().isOpen()) {
                ctx.fireChannelRead(child);
            } else {
                if (firstAsked) {
                    gate.giveUp();
                }
                ChannelCloser.unregistered(child, Admission.CLOSE);
            }
            firstAsked = false;
        }
    }

    private void look() {
        if (ticking) {
            return;
        }
        try {
            ctx.channel().eventLoop().schedule(this::tick, Pacing.WAIT_MILLIS, TimeUnit.MILLISECONDS);
            ticking = true;
        } catch (RuntimeException | Error e) {
            // Nobody would look again, and nobody be accepted.
            NettyLog.LOG.warn("connections that waited are served unguarded", e);
            end();
            pause.end();
        }
    }

    private void tick() {
        ticking = false;
        run();
    }
}
