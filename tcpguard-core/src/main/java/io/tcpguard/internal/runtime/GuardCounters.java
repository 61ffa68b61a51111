/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.sampling.OutgoingConnects;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted from the building of a guard on, whether it runs or not.
 *
 * @param shed refusals and evictions
 * @param waited connections that were made to wait
 * @param outgoing outgoing connects that found no local port
 * @param levelChanges changes of level
 * @param healthChanges changes of health between up and down
 * @param waits how long connections waited, those of all listeners
 */
public record GuardCounters(
        RefusalCounters shed,
        LongAdder waited,
        OutgoingConnects outgoing,
        LongAdder levelChanges,
        LongAdder healthChanges,
        WaitTimes waits) {

    /** All at zero. */
    public GuardCounters() {
        this(
                new RefusalCounters(),
                new LongAdder(),
                new OutgoingConnects(),
                new LongAdder(),
                new LongAdder(),
                new WaitTimes(null));
    }

    /** Counts what is different. */
    void changed(GuardSnapshot before, GuardSnapshot after) {
        if (before.level() != after.level()) {
            levelChanges.increment();
        }
        if (before.verdict().up() != after.verdict().up()) {
            healthChanges.increment();
        }
    }

    /** Counts an outgoing connect that failed if it failed for want of a local port. Never throws. */
    public void connectFailed(Throwable why) {
        outgoing.failed(why);
    }

    /** Outgoing connects that found no local port. */
    public long connectsWithoutPort() {
        return outgoing.withoutPort();
    }
}
