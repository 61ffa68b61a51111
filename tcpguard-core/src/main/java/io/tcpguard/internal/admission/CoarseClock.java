/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time of the last sample, less all pauses of the process. Requests stamp their connections with it: exact to a
 * sample period, which is plenty for idle times of seconds, and cheaper than asking the system. If the sampler stops,
 * idle times stop growing and nobody is evicted.
 *
 * <p>It begins at 0 when it is made: the system's clock may begin anywhere, and pass its largest number.
 *
 * <p>While the sampler rests the system is asked, and whoever asks wakes the sampler: then the clock hangs on it again.
 */
public final class CoarseClock {
    private static final long RESTS = Long.MIN_VALUE;

    private final LongSupplier exact;
    private final long origin;
    private final AtomicLong nanos = new AtomicLong();
    private volatile Runnable wake = () -> {};
    private volatile long pauses;
    /** Since when it was told no time, and wanted none. The sampler's. */
    private long advancedAt;

    /** Starts at this time, and is never at rest. */
    public CoarseClock(long nowNanos) {
        this(nowNanos, () -> nowNanos);
    }

    /**
     * Starts at this time.
     *
     * @param exact the same time, asked of the system
     */
    public CoarseClock(long nowNanos, LongSupplier exact) {
        this.exact = exact;
        origin = nowNanos;
        advancedAt = nowNanos;
    }

    /**
     * Who is woken.
     *
     * @param sampler called when somebody asks the time of a clock at rest; must not block, and call {@link #resume}
     */
    public void wakes(Runnable sampler) {
        wake = sampler;
    }

    /**
     * A pause of the process or of its machine makes nobody idle: what came meanwhile has not been read yet. Sampler
     * thread only.
     *
     * @param longestStep what is longer is such a pause
     * @return for how long the clock had stood still
     */
    long advance(long nowNanos, long longestStep) {
        long step = nowNanos - advancedAt;
        long left = pauses + Math.max(0, step - longestStep);
        pauses = left;
        advancedAt = nowNanos;
        nanos.set(nowNanos - origin - left);
        return step;
    }

    /** The same, whatever the step. */
    public void advance(long nowNanos) {
        advance(nowNanos, Long.MAX_VALUE);
    }

    /** From now on nobody tells it the time. Sampler thread only. */
    public void rest() {
        nanos.set(RESTS);
    }

    /** Ends a rest, if it rests: it stands still again until it is told the time. Any thread. */
    public void resume() {
        if (nanos.get() == RESTS) {
            nanos.compareAndSet(RESTS, now());
        }
    }

    /** It rested until now, so it did not stand still. Sampler thread only. */
    public void rested(long nowNanos) {
        resume();
        advancedAt = nowNanos;
    }

    long nanos() {
        long now = nanos.get();
        if (now != RESTS) {
            return now;
        }
        wake.run();
        return now();
    }

    /** The time, with what has passed since the last sample: for the few questions that are worth asking the system. */
    long exactly() {
        return Math.max(nanos(), now());
    }

    private long now() {
        return exact.getAsLong() - origin - pauses;
    }
}
