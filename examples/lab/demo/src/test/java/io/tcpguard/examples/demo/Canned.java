/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import io.tcpguard.examples.demo.Check.Outcome;
import io.tcpguard.examples.demo.load.Counts;
import io.tcpguard.examples.demo.load.LoadPlan;
import java.util.ArrayList;
import java.util.List;

/** A run of twenty seconds, made up: flood from 5 s to 12 s. */
final class Canned {
    static final Schedule SCHEDULE = new Schedule(new LoadPlan(100, 1_000, 200, 5_000, 1_000, 12_000), 20_000);

    private Canned() {}

    static Trace stock() {
        return trace("stock tomcat", 256, 12_100, 40, check(8_000, Outcome.NO_ANSWER, 2_000_000, "-"), 20, 0);
    }

    static Trace guarded() {
        return trace("guarded tomcat", 230, 12_100, 0, check(8_000, Outcome.UP, 3_000, "SHED"), 80, 0);
    }

    static Trace guarded(int peak, long lastFullAt, long emfileLines, Check check, long lost) {
        return trace("guarded tomcat", peak, lastFullAt, emfileLines, check, 80, lost);
    }

    static Check check(long at, Outcome outcome, long tookMicros, String level) {
        return new Check(at, outcome, tookMicros, level, 200);
    }

    private static Trace trace(
            String name, int peak, long lastFullAt, long emfileLines, Check inFlood, int inSession, long lost) {
        List<Second> seconds = new ArrayList<>();
        Counts before = Counts.NONE;
        for (int s = 1; s <= 20; s++) {
            boolean flood = s >= 6 && s <= 12;
            Counts now = new Counts(
                    s * 5L,
                    s * 50L,
                    flood ? s : before.timedOut(),
                    0,
                    0,
                    s >= 8 ? lost : 0,
                    flood ? inSession : 98,
                    flood ? 150 : 0);
            seconds.add(new Second(s * 1000L, flood ? peak : 120, inFlood.level(), "up, 3 ms", true, now, before));
            before = now;
        }
        String calm = inFlood.level().equals("-") ? "-" : "NORMAL";
        List<Check> checks = List.of(
                check(0, Outcome.UP, 2_000, calm),
                check(500, Outcome.UP, 1_500, calm),
                inFlood,
                check(13_000, Outcome.UP, 1_000, calm));
        return new Trace(name, 256, 224, seconds, checks, peak, lastFullAt, emfileLines, true);
    }
}
