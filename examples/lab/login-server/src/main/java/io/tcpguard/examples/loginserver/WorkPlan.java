/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

/**
 * How long a login or heartbeat waits, as for a database, at which time; no CPU is used. Pure.
 *
 * @param millis as a rule
 * @param slowMillis while the database is slow
 * @param slowAtSecond when that begins, in seconds after the start; {@link #NEVER}
 * @param slowUntilSecond when it is over
 */
record WorkPlan(int millis, int slowMillis, int slowAtSecond, int slowUntilSecond) {

    static final int NEVER = Integer.MAX_VALUE;

    WorkPlan {
        if (millis < 0 || slowMillis < 0 || slowAtSecond < 0 || slowUntilSecond < slowAtSecond) {
            throw new IllegalArgumentException("millis=" + millis + " slowMillis=" + slowMillis + " slowAtSecond="
                    + slowAtSecond + " slowUntilSecond=" + slowUntilSecond
                    + " (expected: none negative, until not before at)");
        }
    }

    static WorkPlan always(int millis) {
        return new WorkPlan(millis, 0, NEVER, NEVER);
    }

    int millisAt(long millisSinceStart) {
        boolean slow = millisSinceStart >= slowAtSecond * 1000L && millisSinceStart < slowUntilSecond * 1000L;
        return slow ? slowMillis : millis;
    }
}
