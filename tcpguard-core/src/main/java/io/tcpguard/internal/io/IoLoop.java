/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.RateLimitedLog;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The loop of the I/O thread: health checks first, then a bounded share of refusals, then tasks. Nothing ends it but
 * {@link #end}.
 */
final class IoLoop {
    /** Connections of the refusal pool to be served, to be taken in and to be ended between two looks at the checks. */
    static final int REFUSALS = 32;

    static final String CHANNEL_FAILED = "A connection of the guard's I/O thread failed";

    private static final long AFTER_TROUBLE = TimeUnit.MILLISECONDS.toNanos(20);
    /** While memory is short tasks wait so long for each other: each may cost collections that checks wait for. */
    private static final long TASKS_APART = TimeUnit.SECONDS.toNanos(10);

    private static final long LOOK_AFTER = TimeUnit.SECONDS.toNanos(1);

    private final Poller poller;
    private final GuardView view;
    private final Checkers checkers;
    private final RefusalResponder responder;
    private final HealthListener health;
    private final TaskQueue tasks;
    private final RateLimitedLog channelTrouble;
    private final RateLimitedLog loopTrouble;
    private final NanoClock clock;
    private final AtomicLong cycles = new AtomicLong();
    private volatile boolean ending;
    private long lookedAfter;
    private long ranTasks;

    IoLoop(
            Poller poller,
            GuardView view,
            Checkers checkers,
            RefusalResponder responder,
            HealthListener health,
            TaskQueue tasks,
            RateLimitedLog channelTrouble,
            RateLimitedLog loopTrouble,
            NanoClock clock) {
        this.poller = poller;
        this.view = view;
        this.checkers = checkers;
        this.responder = responder;
        this.health = health;
        this.tasks = tasks;
        this.channelTrouble = channelTrouble;
        this.loopTrouble = loopTrouble;
        this.clock = clock;
        lookedAfter = clock.nanoTime();
        ranTasks = lookedAfter;
    }

    /** Ends it after this round; the caller wakes the poller up. Any thread. */
    void end() {
        ending = true;
    }

    boolean ending() {
        return ending;
    }

    /** How often it went round. Any thread. */
    long cycles() {
        return cycles.get();
    }

    /** Until {@link #end}, then the tasks that are left. Never throws. */
    void run() {
        // An Error may come from anywhere, in the handling of another one too (at deoptimization, say, when memory is
        // out):
        // so whatever escapes one loop is caught by the next. To go on nothing is allocated.
        boolean selectorGone = false;
        while (!ending && !selectorGone) {
            try {
                selectorGone = rounds();
            } catch (RuntimeException | Error e) {
                // On.
            }
        }
        tasks.run();
    }

    /** True if the selector was closed, and it makes no sense to go on. */
    private boolean rounds() {
        while (!ending) {
            try {
                cycle();
            } catch (ClosedSelectorException e) {
                return true;
            } catch (IOException | RuntimeException | Error e) {
                // Nothing may end this thread; nothing may make it spin.
                loopTrouble.warn("The guard's I/O thread failed once and goes on", e, clock.nanoTime());
                pause();
            }
        }
        return false;
    }

    private static void pause() {
        LockSupport.parkNanos(AFTER_TROUBLE);
    }

    /**
     * Once round: waits, reads and writes, runs tasks, ends what is due. Apart from the warm-up, only the thread
     * calls it.
     */
    void cycle() throws IOException {
        // A task may have left it behind, and it would close every channel that is touched (InterruptibleChannel).
        Thread.interrupted();
        Set<SelectionKey> selected = poller.select(untilNext());
        long now = clock.nanoTime();
        cycles.lazySet(cycles.get() + 1);
        if (now - lookedAfter >= LOOK_AFTER) {
            lookedAfter = now;
            view.lookAfterTheSampler();
        }
        // Checks first, then so many refusals of each kind and no more: what is left stays selected for the next round,
        // which begins with the checks again.
        serve(selected, false, Integer.MAX_VALUE, now);
        health.work(now);
        serve(selected, true, REFUSALS, now);
        responder.takeIn(now, REFUSALS);
        responder.expire(now, REFUSALS);
        if (tasksAreDue(now)) {
            ranTasks = now;
            tasks.run();
        }
        poller.flush();
        responder.flushed();
        health.flushed(now);
        checkers.lookForNobody(now);
    }

    private boolean tasksAreDue(long now) {
        return !tasks.isEmpty() && (!health.memoryIsShort(now) || now - ranTasks >= TASKS_APART);
    }

    private long untilNext() {
        long now = clock.nanoTime();
        if (tasksAreDue(now)) {
            return 0;
        }
        long due = Math.min(Math.min(responder.untilNext(now), health.untilNext(now)), checkers.lookForNobody(now));
        return Math.min(due, LOOK_AFTER - (now - lookedAfter));
    }

    private void serve(Set<SelectionKey> selected, boolean refusals, int most, long now) {
        int served = 0;
        for (Iterator<SelectionKey> keys = selected.iterator(); keys.hasNext() && served < most; ) {
            SelectionKey key = keys.next();
            if (!key.isValid()) {
                keys.remove();
            } else if (key.attachment() instanceof SelectionHandler ready
                    && ready instanceof RefusedClient == refusals) {
                keys.remove();
                serve(ready, now);
                served++;
            }
        }
    }

    private void serve(SelectionHandler ready, long now) {
        try {
            ready.ready(now);
        } catch (IOException e) {
            ready.broken(); // The peer reset it, or the network did: everyday life.
        } catch (RuntimeException | Error e) {
            ready.broken();
            channelTrouble.warn(CHANNEL_FAILED, e, now);
        }
    }
}
