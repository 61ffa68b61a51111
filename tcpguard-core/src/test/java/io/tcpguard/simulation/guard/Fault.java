/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One fault of a trial.
 *
 * @param from when it begins, in milliseconds
 * @param millis how long it lasts
 * @param amount how bad it is, 0 to 1
 */
record Fault(FaultKind kind, int from, int millis, double amount) {
    static final int CALM_UNTIL = 8_000;
    private static final int LAST_FROM = 22_000;
    private static final int SHORTEST = 200;
    private static final int LONGEST = 12_000;
    private static final int MOST = 6;

    /** All faults of a seed. Preemption is in every second trial, all of its time. */
    static List<Fault> draw(SplittableRandom random) {
        List<Fault> all = new ArrayList<>();
        if (random.nextBoolean()) {
            all.add(new Fault(FaultKind.PREEMPTION, CALM_UNTIL, LAST_FROM, 1));
        }
        FaultKind[] kinds = FaultKind.values();
        for (int i = 1 + random.nextInt(MOST); i > 0; i--) {
            FaultKind kind = kinds[random.nextInt(kinds.length)];
            all.add(new Fault(
                    kind,
                    CALM_UNTIL + random.nextInt(LAST_FROM - CALM_UNTIL),
                    (SHORTEST + random.nextInt(LONGEST - SHORTEST)) * (kind.crowd() ? 2 : 1),
                    random.nextInt(1, 101) / 100.0));
        }
        return all;
    }

    @Override
    public String toString() {
        return kind + " at " + from / 1000.0 + " s for " + millis / 1000.0 + " s (" + amount + ")";
    }
}
