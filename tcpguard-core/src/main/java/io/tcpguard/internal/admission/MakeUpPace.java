/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;

/**
 * How often an idle connection is evicted under a limit that was passed, with nobody coming in for it: ten times a
 * second while that helps. Where others take what it frees, as a leak does, idle users would go one after the other for
 * nothing: after a few in vain one a minute goes, to see whether it helps now. Under the lock of {@link Evictions}.
 */
final class MakeUpPace {
    /** Longer than a close takes, so that none goes twice for one slot. */
    private static final long MAKES_UP_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long IN_VAIN_EVERY = TimeUnit.MINUTES.toNanos(1);
    private static final int IN_VAIN = 8;

    private boolean begun;
    private long at;
    private long excess;
    private int inVain;

    /** Whether one is to go now. */
    boolean isTime(long excessNow, long now) {
        boolean fell = !begun || excessNow < excess;
        if (begun && now - at < (fell || inVain < IN_VAIN ? MAKES_UP_EVERY : IN_VAIN_EVERY)) {
            return false;
        }
        begun = true;
        inVain = fell ? 0 : inVain + 1;
        excess = excessNow;
        at = now;
        return true;
    }

    /** Nobody could go: nobody went in vain. */
    void nobodyWent() {
        inVain = Math.max(0, inVain - 1);
    }
}
