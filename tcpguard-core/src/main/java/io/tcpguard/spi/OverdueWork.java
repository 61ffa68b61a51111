/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.concurrent.TimeUnit;

/**
 * How long something has been due and nothing was done, for adapters that see what is done for their connections.
 * Looked at again and again, by one thread at a time; more time than half a second between two looks is a pause of the
 * process, in which nothing could be done. Allocates nothing.
 */
public final class OverdueWork {
    private static final long LONGEST_STEP = TimeUnit.MILLISECONDS.toNanos(500);

    private final long patience;
    private int seenProgress;
    private long waited;
    private long lookedAt;
    private boolean looked;

    /** @param patienceNanos for how long nothing may be done while something is due, in nanoseconds */
    public OverdueWork(long patienceNanos) {
        this.patience = patienceNanos;
    }

    /**
     * One look.
     *
     * @param due whether anything waits now
     * @param progress another number than at the last look: something was done since
     * @param now by {@link System#nanoTime()}
     * @return whether something has been due and nothing was done for too long
     */
    public boolean isOverdue(boolean due, int progress, long now) {
        long step = looked ? Math.min(LONGEST_STEP, now - lookedAt) : 0;
        looked = true;
        lookedAt = now;
        if (!due || progress != seenProgress) {
            seenProgress = progress;
            waited = 0;
        } else {
            waited += step;
        }
        return waited >= patience;
    }
}
