/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.load.Counts;

/**
 * One server at one second of the run.
 *
 * @param at milliseconds after the start of the load
 * @param descriptors open now; -1 if the server is gone
 * @param level the guard's level; {@code -} if not known
 * @param health in words, for the live view
 * @param healthy whether the newest word about its health is good
 * @param counts since the start of the load
 * @param before the counts of the second before
 */
record Second(long at, int descriptors, String level, String health, boolean healthy, Counts counts, Counts before) {

    long logins() {
        return counts.logins() - before.logins();
    }

    long failures() {
        return counts.failures() - before.failures();
    }

    long lost() {
        return counts.lost() - before.lost();
    }
}
