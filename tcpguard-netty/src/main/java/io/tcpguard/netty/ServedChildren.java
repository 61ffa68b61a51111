/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.EventLoop;
import io.tcpguard.spi.OverdueWork;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * What becomes of the connections that one port has admitted. A port whose connections are closed before an event loop
 * has served them, or get none, serves nobody, however well it accepts: an event loop has died, no thread can be made,
 * an initializer throws.
 *
 * <p>Any thread, but for {@link #serving}, which is the sampler's. Allocates nothing as a rule.
 */
final class ServedChildren {
    /** Of the last sixteen. Fewer are accidents. */
    private static final int MANY = 4;

    /** More loops than processors: beyond it somebody makes loops without end. */
    private static final int MOST_LOOPS = 256;

    private final long stalledAfter;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger progress = new AtomicInteger();
    /** One bit each, the newest last: 1 for one that was lost. */
    private final AtomicInteger recent = new AtomicInteger();

    private volatile EventLoop[] loops = new EventLoop[0];
    private volatile long lostAt;
    private volatile boolean lost;

    // The sampler's.
    private final OverdueWork overdue;

    private boolean broken;

    /** @param stalledAfter for how long none may be served while some wait, in nanoseconds */
    ServedChildren(long stalledAfter) {
        this.stalledAfter = stalledAfter;
        this.overdue = new OverdueWork(stalledAfter);
    }

    /** One more waits for its event loop. */
    void admitted() {
        waiting.incrementAndGet();
    }

    /** Its event loop has it. */
    void served() {
        waiting.decrementAndGet();
        progress.incrementAndGet();
        note(0);
    }

    /** It was closed before that, by nobody who knows it. */
    void lost(long now) {
        waiting.decrementAndGet();
        note(1);
        lostAt = now;
        lost = true;
    }

    /** It was closed before that by the guard, or on purpose by its application. */
    void gaveWay() {
        waiting.decrementAndGet();
    }

    private void note(int bit) {
        int before = recent.get();
        while (!recent.compareAndSet(before, (before << 1 | bit) & 0xFFFF)) {
            before = recent.get();
        }
    }

    /** This loop serves connections of the port. */
    void servedBy(EventLoop loop) {
        for (EventLoop known : loops) {
            if (known == loop) {
                return;
            }
        }
        add(loop);
    }

    private synchronized void add(EventLoop loop) {
        EventLoop[] before = loops;
        if (before.length < MOST_LOOPS) {
            EventLoop[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = loop;
            loops = after;
        }
    }

    /**
     * Whether admitted connections are served. One look at a time.
     *
     * @param stuck asked if none has been for too long: whether those that wait do so for more than a few late loops
     */
    boolean serving(long now, BooleanSupplier stuck) {
        boolean late = overdue.isOverdue(waiting.get() > 0, progress.get(), now) && stuck.getAsBoolean();
        if (lost && !broken) {
            // It never comes back, and its connections are handed to it all the same.
            broken = anyLoopIsDead();
        }
        boolean many = Integer.bitCount(recent.get()) >= MANY && now - lostAt < stalledAfter;
        return !late && !broken && !many;
    }

    private boolean anyLoopIsDead() {
        for (EventLoop loop : loops) {
            if (loop.isShuttingDown()) {
                return true;
            }
        }
        return false;
    }
}
