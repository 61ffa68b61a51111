/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

/** Counts what happens to the users of one server. Only the load's thread touches it. */
final class Tally {
    long logins;
    long heartbeats;
    long timedOut;
    long refused;
    long unavailable;
    long lost;
    int inSession;
    int abusersHolding;

    Counts counts() {
        return new Counts(logins, heartbeats, timedOut, refused, unavailable, lost, inSession, abusersHolding);
    }
}
