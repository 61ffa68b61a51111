/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

/**
 * How long a login or heartbeat waits, as for a database, at which time; no CPU is used. Pure.
 *
 * @param millis as a rule
 * @param slowMillis while the database is slow
 * @param slowAtSecond when that begins, in seconds after the start; {@link #NEVER}
 * @param slowUntilSecond when it is over
 * @param everySeconds after how many seconds from its beginning it is slow again, for as long; {@link #NEVER}
 */
record WorkPlan(int millis, int slowMillis, int slowAtSecond, int slowUntilSecond, int everySeconds) {

    static final int NEVER = Integer.MAX_VALUE;

    WorkPlan {
        if (millis < 0
                || slowMillis < 0
                || slowAtSecond < 0
                || slowUntilSecond < slowAtSecond
                || everySeconds < slowUntilSecond - slowAtSecond) {
            throw new IllegalArgumentException("millis=" + millis + " slowMillis=" + slowMillis + " slowAtSecond="
                    + slowAtSecond + " slowUntilSecond=" + slowUntilSecond + " everySeconds=" + everySeconds
                    + " (expected: none negative, until not before at, every no shorter than the slow time)");
        }
    }

    static WorkPlan always(int millis) {
        return new WorkPlan(millis, 0, NEVER, NEVER, NEVER);
    }

    int millisAt(long millisSinceStart) {
        long since = millisSinceStart - slowAtSecond * 1000L;
        long lasts = (slowUntilSecond - slowAtSecond) * 1000L;
        return since >= 0 && since % (everySeconds * 1000L) < lasts ? slowMillis : millis;
    }
}
