/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

import java.util.function.LongSupplier;

/** The shipped clock over one that a simulation turns. */
public final class VirtualAwakeTime implements NanoClock {
    private final AwakeTime time;

    public VirtualAwakeTime(LongSupplier clock) {
        time = new AwakeTime(clock);
    }

    @Override
    public long nanoTime() {
        return time.now();
    }

    /** Time left out so far. */
    public long lost() {
        return time.lost();
    }

    /** As {@link AwakeTime#lookedAtEvery}. */
    public void lookedAtEvery(long nanos) {
        time.expect(nanos);
    }
}
