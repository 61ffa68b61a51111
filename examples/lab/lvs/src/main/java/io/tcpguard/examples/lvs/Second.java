/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.Arrays;

/**
 * The cluster in one second of a run; one line of {@code seconds.csv}.
 *
 * @param at its end, in seconds after the start of the load
 * @param in servers that got new connections
 * @param down DOWN events so far
 * @param inSession users logged in
 * @param logins in this second
 * @param failures login attempts that failed in it
 * @param lost sessions that ended against the user's will in it
 * @param abusers abnormal clients that hold a connection
 * @param descriptors open in the fullest server
 * @param active connections that the director holds to be alive
 */
record Second(
        int at,
        int in,
        int down,
        int inSession,
        long logins,
        long failures,
        long lost,
        int abusers,
        int descriptors,
        int active) {
    static final String HEADER = "at,in,down,in_session,logins,failures,lost,abusers,descriptors,active";

    String csv() {
        return at + "," + in + "," + down + "," + inSession + "," + logins + "," + failures + "," + lost + "," + abusers
                + "," + descriptors + "," + active;
    }

    static Second parse(String line) {
        int[] v;
        try {
            v = Arrays.stream(line.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + line + "' (expected: " + HEADER + ")", e);
        }
        if (v.length != 10) {
            throw new IllegalArgumentException("'" + line + "' (expected: " + HEADER + ")");
        }
        return new Second(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]);
    }
}
