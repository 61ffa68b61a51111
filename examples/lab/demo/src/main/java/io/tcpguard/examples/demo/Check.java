/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

/**
 * One health check, as a load balancer would make it.
 *
 * @param at when it began, in milliseconds after the start of the load
 * @param outcome what came of it
 * @param tookMicros until the answer's status line, or until it was given up
 * @param level what the answer said of the level; {@code -} if nothing
 * @param controlMicros the longest that a byte took over loopback and back within this process meanwhile: what the
 *     machine, not the server, did to the check
 */
record Check(long at, Outcome outcome, long tookMicros, String level, long controlMicros) {

    enum Outcome {
        UP,
        DOWN,
        NO_ANSWER
    }

    boolean up() {
        return outcome == Outcome.UP;
    }

    long tookMillis() {
        return tookMicros / 1000;
    }
}
