/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * How often health failed by itself lately: beyond the number allowed, each return is held twice as long as the one
 * before.
 */
final class FlipHistory {
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_DOUBLINGS = 6;

    private final int allowed;
    private final long[] downs;
    private int count;

    FlipHistory(int allowed) {
        this.allowed = allowed;
        this.downs = new long[allowed + MOST_DOUBLINGS];
    }

    void wentDown(long now) {
        downs[count++ % downs.length] = now;
    }

    long lengthen(long hold, long now) {
        int recent = 0;
        for (int i = 0; i < Math.min(count, downs.length); i++) {
            if (now - downs[i] < WINDOW) {
                recent++;
            }
        }
        return hold << Math.max(0, recent - allowed);
    }
}
