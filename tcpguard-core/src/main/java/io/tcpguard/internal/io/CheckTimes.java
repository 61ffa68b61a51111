/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When one checker asked, and what it was told. Not safe: {@link Checkers} locks. */
final class CheckTimes {
    static final int GAPS_TO_KNOW = 3;
    private static final int GAPS = 8;
    /** Checks missed, and the time beside them, until somebody has probably gone. */
    private static final int MISSED = 5;

    private static final long MISSED_TIME = TimeUnit.SECONDS.toNanos(10);

    final InetAddress address;
    final String asks;
    final long[] gaps = new long[GAPS];
    long checks;
    long gapCount;
    long last;
    boolean up;
    int weight;
    boolean countsConnections;

    @Nullable HaproxyState haproxy;

    /** Whether hold and ramp may go by it. */
    final boolean counts;

    CheckTimes(InetAddress address, String asks, boolean counts, long now) {
        this.address = address;
        this.asks = asks;
        this.counts = counts;
        this.last = now;
    }

    /** Kept, so that to ask costs nothing; 0: not known yet. */
    long interval;
    /** Whether most gaps are alike: a timer, not a person. */
    boolean steady;

    void came(long now) {
        gaps[(int) (gapCount++ % GAPS)] = now - last;
        last = now;
        int known = (int) Math.min(gapCount, GAPS);
        if (known < GAPS_TO_KNOW) {
            return;
        }
        long[] sorted = Arrays.copyOf(gaps, known);
        Arrays.sort(sorted);
        interval = sorted[known / 2];
        steady = sorted[known * 3 / 4] - sorted[known / 4] <= interval / 2;
    }

    boolean late(long now) {
        return now - last > MISSED * interval + MISSED_TIME;
    }
}
