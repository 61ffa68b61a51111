/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time that this process really had. While it is stopped (SIGSTOP, a frozen virtual machine, a long collection, no CPU)
 * nobody serves and nobody could: what waited meanwhile is not old. So of a gap in which no thread of the guard looked
 * at the clock only the first {@value #COUNTED_MILLIS} ms count, or four sample periods if that is more; silence that a
 * thread announced is no gap. Any thread; no lock, no allocation.
 */
public final class AwakeTime {
    /** Longer than a slow processor makes wait, shorter than any age that a rule goes by. */
    static final int COUNTED_MILLIS = 250;

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LOW = 0xffff_ffffL;
    /** Ticks are noted no closer than this: the accepting threads share one word. */
    private static final int FINE_MILLIS = 10;

    private static final AwakeTime PROCESS = new AwakeTime(System::nanoTime);

    private final LongSupplier clock;
    private final long origin;
    /**
     * Above: when somebody looked last; below: what was lost in all; both in milliseconds, so that one write moves
     * both.
     */
    private final AtomicLong state = new AtomicLong();

    /**
     * What was lost in all, as of lately: tells what stands above the 32 bits. Any pause in between is shorter than
     * half their range.
     */
    private volatile long lostLately;

    private volatile int counted = COUNTED_MILLIS;

    /** Until then nobody need look; milliseconds from the origin. */
    private volatile long quietUntil;

    AwakeTime(LongSupplier clock) {
        this.clock = clock;
        origin = clock.getAsLong();
    }

    /** As {@link System#nanoTime}, without the time in which this process did not run. */
    public static long nanoTime() {
        return PROCESS.now();
    }

    /** Nanoseconds that were left out so far; grows with each pause. */
    public static long lostNanos() {
        return PROCESS.lost();
    }

    /** From now on somebody looks so often only. */
    public static void lookedAtEvery(long nanos) {
        PROCESS.expect(nanos);
    }

    /** The caller sleeps for so long: until then nobody else need look. Of two that say so the later end stands. */
    public static void quietFor(long nanos) {
        PROCESS.quiet(nanos);
    }

    void quiet(long nanos) {
        now();
        long until = (clock.getAsLong() - origin + nanos) / MILLI;
        if (until > quietUntil) {
            quietUntil = until;
        }
    }

    void expect(long nanos) {
        counted = (int) Math.max(counted, Math.min(Integer.MAX_VALUE / 4, 4 * nanos / MILLI));
    }

    long now() {
        while (true) {
            long elapsed = clock.getAsLong() - origin;
            int tick = (int) (elapsed / MILLI);
            long seen = state.get();
            int gap = tick - (int) (seen >>> 32);
            long before = lostMillis(seen);
            if (gap < FINE_MILLIS) {
                return origin + elapsed - before * MILLI;
            }
            long announced = Math.max(0, quietUntil - (elapsed / MILLI - gap));
            long lost = before + Math.max(0, gap - announced - counted);
            if (state.compareAndSet(seen, ((long) tick << 32) | (lost & LOW))) {
                if (lost != before) {
                    lostLately = lost;
                }
                return origin + elapsed - lost * MILLI;
            }
        }
    }

    long lost() {
        return lostMillis(state.get()) * MILLI;
    }

    private long lostMillis(long seen) {
        long lately = lostLately;
        return lately + ((int) seen - (int) lately);
    }
}
