/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How many connections have waited for a slot at a listener, and for how long in all. Any thread; allocates nothing. */
final class WaitTimes {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final @Nullable WaitTimes whole;

    /** @param whole that these are a part of; null: none */
    WaitTimes(@Nullable WaitTimes whole) {
        this.whole = whole;
    }

    /** One waits no more. */
    void ended(long afterNanos) {
        nanos.add(afterNanos);
        count.increment();
        if (whole != null) {
            whole.ended(afterNanos);
        }
    }

    long count() {
        return count.sum();
    }

    Duration total() {
        return Duration.ofNanos(nanos());
    }

    long nanos() {
        return nanos.sum();
    }
}
