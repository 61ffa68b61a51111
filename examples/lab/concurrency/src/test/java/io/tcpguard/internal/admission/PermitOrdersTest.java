/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.concurrency.Orders;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Accepting threads and a sampler that counts early and notes late: connections alone never pass the admission
 * threshold.
 */
@Tag("long")
public class PermitOrdersTest {
    private static final int POINT = 6;
    private static final int RESERVE = 8;

    private final AtomicInteger open = new AtomicInteger(2);
    private final AtomicInteger admitted = new AtomicInteger(2);
    private final AtomicInteger closed = new AtomicInteger();
    private final DescriptorHeadroom room = new DescriptorHeadroom(open::get);

    public PermitOrdersTest() {
        room.update(POINT, RESERVE, 2);
    }

    @Operation
    public void accept() {
        open.incrementAndGet();
        if (!room.fits(0, closed.get())) {
            open.decrementAndGet();
        } else if (admitted.incrementAndGet() > POINT) {
            throw new AssertionError("past the admission threshold: " + admitted.get());
        }
    }

    @Operation
    public void close() {
        for (int held = admitted.get(); held > 0; held = admitted.get()) {
            if (admitted.compareAndSet(held, held - 1)) {
                open.decrementAndGet();
                closed.incrementAndGet();
                return;
            }
        }
    }

    @Operation(nonParallelGroup = "sampler")
    public void sample() {
        int counted = open.get();
        room.update(POINT, RESERVE, counted);
    }

    @Test
    void noOrderOfCountsLetsConnectionsPassTheAdmissionThreshold() {
        Orders.ofThree().check(PermitOrdersTest.class);
    }
}
