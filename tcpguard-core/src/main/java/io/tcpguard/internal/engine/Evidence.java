/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * After a pause of the process (stopped, frozen, no CPU) everything looks bad at once: queues are full, work is late.
 * So a cause that shows within a second after one must last for a second before it fails health. One that stood before
 * counts from then. One thread.
 */
final class Evidence {
    static final long ASKED_FOR = TimeUnit.SECONDS.toNanos(1);

    private boolean everPaused;
    private long pausedAt;
    private boolean standing;
    private long standsSince;

    void paused(long now) {
        everPaused = true;
        pausedAt = now;
    }

    /** Whether what is seen now is too fresh to go by. */
    boolean lacks(boolean cause, long now) {
        if (cause && !standing) {
            standsSince = now;
        }
        standing = cause;
        return cause && everPaused && now - pausedAt < ASKED_FOR && now - standsSince < ASKED_FOR;
    }
}
