/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import java.util.concurrent.TimeUnit;

/** What the plan says now. */
final class Work {
    private final WorkPlan plan;
    private final long start = System.nanoTime();

    Work(WorkPlan plan) {
        this.plan = plan;
    }

    int millis() {
        return plan.millisAt(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }
}
