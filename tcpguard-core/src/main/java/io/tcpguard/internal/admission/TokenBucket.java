/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/** A bound on evictions per second, with a burst of a quarter of a second's worth. Guarded by the policy's lock. */
final class TokenBucket {
    private double tokens;
    private long last;

    TokenBucket(long nowNanos) {
        last = nowNanos;
    }

    boolean take(double perSecond, long nowNanos) {
        double burst = Math.max(1, perSecond / 4);
        tokens = Math.min(burst, tokens + perSecond * (nowNanos - last) / TimeUnit.SECONDS.toNanos(1));
        last = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    /** Nobody was found to evict. */
    void giveBack() {
        tokens += 1;
    }
}
