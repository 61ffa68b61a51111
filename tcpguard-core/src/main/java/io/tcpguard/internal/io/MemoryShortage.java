/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether an allocation failed a moment ago. Then each one waits for a collection, and checks are answered with as few
 * as can be. On the I/O thread.
 */
final class MemoryShortage {
    private static final long LASTS = TimeUnit.SECONDS.toNanos(2);

    /** Bytes that a connection and its check may take: what asks for much makes the collector work for it. */
    private static final int FOR_ONE = 512;

    private static final int TRIES = 4;

    private byte @Nullable [] trial;
    private boolean noted;
    private long notedAt;

    /**
     * Tries whether there is memory for one more, some times, since each makes the collector work for it; notes it if
     * there is none. Outside of accept, a client can wait.
     */
    boolean lets(long now) {
        for (int i = 0; i < TRIES; i++) {
            if (lets()) {
                return true;
            }
            note(now);
        }
        return false;
    }

    private boolean lets() {
        try {
            trial = new byte[FOR_ONE];
            boolean there = trial != null;
            trial = null;
            return there;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    void note(long now) {
        noted = true;
        notedAt = now;
    }

    boolean lasts(long now) {
        noted &= now - notedAt < LASTS;
        return noted;
    }
}
