/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.ArrayList;
import java.util.List;

/** Runs as they might have been: 100 s, flood from 35 to 72. */
final class Canned {
    static final Plan PLAN = Plan.of(Incident.FLOOD, 4, 256, 100);

    private Canned() {}

    /** Nobody is in from 45 to 85, half the users are lost there. */
    static Trace stock() {
        List<Second> seconds = new ArrayList<>();
        for (int at = 1; at <= 100; at++) {
            boolean out = at > 45 && at <= 85;
            seconds.add(new Second(
                    at,
                    out ? 0 : 4,
                    out ? 4 : 0,
                    out ? 300 : 600,
                    out ? 0 : 40,
                    out ? 60 : 0,
                    out ? 10 : 0,
                    0,
                    256,
                    2000));
        }
        return new Trace("stock", PLAN, seconds, new CheckLog.Events(4, 4), 77);
    }

    static Trace guarded() {
        List<Second> seconds = new ArrayList<>();
        for (int at = 1; at <= 100; at++) {
            boolean flood = at > 35 && at <= 72;
            seconds.add(new Second(at, 4, 0, flood ? 540 : 600, flood ? 30 : 40, flood ? 30 : 0, 0, 0, 240, 1000));
        }
        return new Trace("guarded", PLAN, seconds, new CheckLog.Events(0, 0), 0);
    }
}
