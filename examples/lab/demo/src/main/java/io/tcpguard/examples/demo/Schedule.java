/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.load.LoadPlan;

/**
 * What comes when; times in milliseconds after the start of the load.
 *
 * @param load clients and flood
 * @param end when all is over
 */
record Schedule(LoadPlan load, int end) {

    enum Phase {
        STEADY,
        FLOOD,
        CALM
    }

    /** 130 users alone take about 145 of 256 descriptors; with the abnormal clients they would take 360. */
    static final Schedule STANDARD = new Schedule(new LoadPlan(130, 6_000, 220, 18_000, 5_000, 46_000), 66_000);

    Schedule {
        if (end < load.floodUntil()) {
            throw new IllegalArgumentException("end=" + end + " (expected: not before the flood's end)");
        }
    }

    Phase phase(long millis) {
        if (millis < load.floodAt()) {
            return Phase.STEADY;
        }
        return millis < load.floodUntil() ? Phase.FLOOD : Phase.CALM;
    }
}
