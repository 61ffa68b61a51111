/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

/**
 * How many descriptors are to be leaked at which time. Pure.
 *
 * @param perSecond descriptors a second; 0: none
 * @param atSecond when it begins, in seconds after the start
 * @param untilSecond when all are given back; {@link #NEVER}
 */
record LeakPlan(int perSecond, int atSecond, int untilSecond) {

    static final int NEVER = Integer.MAX_VALUE;

    LeakPlan {
        if (perSecond < 0 || atSecond < 0 || untilSecond < atSecond) {
            throw new IllegalArgumentException("perSecond=" + perSecond + " atSecond=" + atSecond + " untilSecond="
                    + untilSecond + " (expected: none negative, until not before at)");
        }
    }

    boolean leaks() {
        return perSecond > 0;
    }

    boolean over(long millisSinceStart) {
        return millisSinceStart >= untilSecond * 1000L;
    }

    /** Descriptors that are to be open by now. */
    long due(long millisSinceStart) {
        long leaking = millisSinceStart - atSecond * 1000L;
        return leaking <= 0 || over(millisSinceStart) ? 0 : leaking * perSecond / 1000;
    }
}
