/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.concurrency.Orders;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A sampler lies down while somebody comes: it never sleeps over one who has come since its last sample. */
@Tag("long")
public class RestOrdersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final GuardSnapshot CALM = new GuardSnapshot(
            Level.NORMAL,
            null,
            "test",
            new Capacity(1024, 100, 0, 1004),
            new Verdict(true, 100, "up"),
            Admission.ADMIT,
            false,
            List.of(),
            0);

    private final AtomicLong accepts = new AtomicLong();
    private final CoarseClock clock = new CoarseClock(0, () -> 0);
    private final SampleRest rest = new SampleRest(1, 0.8, clock, accepts::get, () -> 0);
    private long now;
    private long seen;

    @Operation
    public void accept() {
        accepts.incrementAndGet();
        rest.end();
    }

    @Operation(nonParallelGroup = "sampler")
    public void sampleAndLieDown() {
        if (rest.on()) {
            rest.over();
        }
        long before = accepts.get();
        now += 2 * SECOND;
        rest.sampled(CALM, now);
        seen = before;
        if (rest.due()) {
            rest.begin();
        }
    }

    @Validate
    public void whoSleepsHasSeenAll() {
        if (rest.on() && accepts.get() != seen) {
            throw new AssertionError("sleeps, has seen " + seen + " of " + accepts.get());
        }
    }

    @Test
    void whoComesIsNeverSleptOver() {
        Orders.ofThree().check(RestOrdersTest.class);
    }
}
