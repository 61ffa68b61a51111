/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * How long new connections have waited in a listener's accept queue. While the server is full they wait there: they
 * cost no descriptor and are accepted first come, first served. Refused at once they would try again as fast as they
 * can, and the fastest would get most slots.
 *
 * <p>The kernel tells how many wait, not since when. The queue is first in, first out, so a position is a time: if the
 * last one in the queue at time t is the n-th connection to be accepted, then connection n had arrived by t. The timer
 * records n over the longest wait. A connection whose number is at or below the oldest record has waited for that long,
 * and is refused. Nobody waits where the length of the queue can't be known, nor in a queue so long that its own signal
 * is about to rise. While nobody looks, before the first look or since the sampler is late, nobody is found to have
 * waited for too long: they wait as at a server without guard.
 */
public final class AcceptQueueTimer {
    /** Of the backlog. ELEVATED begins at half. */
    private static final double USABLE = 0.4;

    /** A queue of so many or fewer may fill up: less of it would be less than a server without guard has. */
    private static final long SHORT = 128;

    private static final int STEPS = 64;
    private static final long IN_USE_FOR = TimeUnit.SECONDS.toNanos(1);

    private final long stepNanos;
    private final LongSupplier patience;
    private final LongSupplier accepted;

    /** Connections up to this number have waited for as long as clients are patient. */
    private volatile long overdue;

    /** Which number the last in the queue has. */
    private volatile long last;

    private volatile long longest;
    private volatile boolean isShort;
    private volatile boolean asked;
    private volatile long askedAt;

    // Written by the sampler thread: which number was the last at each step of time.
    private final AtomicLongArray lastAtStep = new AtomicLongArray(STEPS);
    private boolean started;
    private volatile long origin;
    private volatile long step;

    /**
     * @param longestPatience the longest time that clients may wait, in nanoseconds; 0: not at all
     * @param patience as long as that or shorter, at this time
     * @param accepted connections taken out of this queue so far, those in hand too
     */
    public AcceptQueueTimer(long longestPatience, LongSupplier patience, LongSupplier accepted) {
        this.stepNanos = longestPatience / (STEPS - 1);
        this.patience = patience;
        this.accepted = accepted;
        longest = longestPatience > 0 ? Long.MAX_VALUE : 0;
    }

    /** Sees what this probe reads of the queue. */
    public Probe watch(Probe queue) {
        return new Probe() {
            @Override
            public Signal signal() {
                return queue.signal();
            }

            @Override
            public Reading read(long nowNanos) {
                Reading reading = queue.read(nowNanos);
                looked(reading, nowNanos);
                return reading;
            }

            @Override
            public void close() {
                // Nobody looks any more at how long they wait.
                longest = 0;
                queue.close();
            }
        };
    }

    /** Whether somebody asked within the last second: then a fresh look at the queue is worth its cost. */
    public boolean inUse(long now) {
        return asked && now - askedAt < IN_USE_FOR;
    }

    /** Whether the queue is so short that it may be full of those who wait. Any thread. */
    boolean isShort() {
        return isShort;
    }

    /**
     * Whether a connection may be held, and those behind it wait on. Any thread.
     *
     * @param inHand its number among those accepted here, from 1: each of several that are held has its own
     */
    boolean mayWait(long inHand, long now) {
        return mayWaitForAMoment(inHand, now) && Math.max(0, last - inHand) < longest;
    }

    /** The same, however many wait behind it: whoever was there for so long as clients are patient waits no more. */
    boolean mayWaitForAMoment(long inHand, long now) {
        askedAt = now;
        asked = true;
        return longest > 0 && inHand > overdue;
    }

    /**
     * For how long a connection has waited, in the queue and in hand together, to a 63rd of the longest patience and
     * never more than that: nanoseconds; 0 if it came after the last look. Any thread.
     *
     * @param inHand its number, as above
     */
    public long waitedNanos(long inHand, long now) {
        if (stepNanos <= 0) {
            return 0;
        }
        long newest = step;
        long first = newest + 1;
        while (first > newest - STEPS + 1 && lastAtStep.get(slot(first - 1)) >= inHand) {
            first--;
        }
        return first > newest ? 0 : Math.max(0, Math.min(now - origin - first * stepNanos, STEPS * stepNanos));
    }

    private void looked(Reading reading, long now) {
        if (stepNanos > 0 && reading instanceof Reading.Measured queue) {
            last = accepted.getAsLong() + queue.used();
            remember(now);
            isShort = queue.limit() <= SHORT;
            longest = isShort ? Long.MAX_VALUE : Math.max(SHORT, (long) (USABLE * queue.limit()));
        } else {
            longest = 0;
        }
    }

    private void remember(long now) {
        if (!started) {
            started = true;
            origin = now;
            step = -STEPS;
        }
        long newest = Math.floorDiv(now - origin, stepNanos);
        // For the steps that a late sampler missed stands what was last known.
        for (long missed = Math.max(step + 1, newest - STEPS + 1); missed < newest; missed++) {
            lastAtStep.set(slot(missed), lastAtStep.get(slot(step)));
        }
        if (step < newest) {
            lastAtStep.set(slot(newest), last);
            step = newest;
        }
        overdue = lastAtStep.get(slot(step - Math.min(STEPS - 1, patience.getAsLong() / stepNanos)));
    }

    private static int slot(long step) {
        return (int) Math.floorMod(step, (long) STEPS);
    }
}
