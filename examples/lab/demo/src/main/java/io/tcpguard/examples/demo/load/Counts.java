/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

/**
 * What happened to the users of one server since the start.
 *
 * @param logins that succeeded
 * @param heartbeats that were answered
 * @param timedOut login attempts that got no connection or no answer in time
 * @param refused login attempts that met a refusal, a reset or a closed connection
 * @param unavailable login attempts answered by something else than 200
 * @param lost established sessions that ended against the user's will
 * @param inSession users logged in right now
 * @param abusersHolding abnormal clients that sit on a connection right now
 */
public record Counts(
        long logins,
        long heartbeats,
        long timedOut,
        long refused,
        long unavailable,
        long lost,
        int inSession,
        int abusersHolding) {

    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

    /** Login attempts that failed, for whatever reason. */
    public long failures() {
        return timedOut + refused + unavailable;
    }
}
