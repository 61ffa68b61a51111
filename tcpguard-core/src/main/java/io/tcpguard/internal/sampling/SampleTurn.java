/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One sample at a time, by whoever can: the sampler as a rule; while it is late by a second, the thread that answers
 * checks. Says how old the newest sample is. Any thread.
 */
public final class SampleTurn {
    /** So late, others take the sample. */
    static final long TAKE_OVER = TimeUnit.SECONDS.toNanos(1);
    /** So late although others tried, nothing is known any more. */
    public static final long BLIND_AFTER = TimeUnit.SECONDS.toNanos(10);

    private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(100);

    private final LongConsumer sample;
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile long newest;
    private volatile long tried;
    private volatile @Nullable Throwable failure;

    /** @param sample takes the time of the sample; what it throws leaves the sample untaken */
    public SampleTurn(LongConsumer sample, long now) {
        this.sample = sample;
        newest = now;
        tried = now;
    }

    /** Takes a sample, unless somebody is at it. Throws what the sample throws. */
    public void take(long now) {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        try {
            tried = now;
            sample.accept(now);
            newest = now;
            failure = null;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            taken.set(false);
        }
    }

    /** Takes one if the sampler is late, ten times a second at most. Never throws. */
    public void takeIfLate(long now) {
        if (age(now) < TAKE_OVER || now - tried < TRY_AGAIN) {
            return;
        }
        try {
            take(now);
        } catch (RuntimeException | Error e) {
            // Remembered; the next one who comes tries again. Nothing here may allocate.
        }
    }

    /** Nanoseconds since the newest sample. */
    public long age(long now) {
        return now - newest;
    }

    /** Whether nobody could take a sample for so long that the last one says nothing any more. */
    public boolean blind(long now) {
        return age(now) >= BLIND_AFTER;
    }

    /** Whether memory is what samples fail for: then the server has none to serve with, either. */
    public boolean outOfMemory() {
        return failure instanceof OutOfMemoryError;
    }
}
