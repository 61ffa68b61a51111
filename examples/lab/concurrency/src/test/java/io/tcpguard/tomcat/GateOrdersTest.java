/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.concurrency.Orders;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Workers come and go, two evictors (an accepting thread and the sampler) take the connection: a pooled channel that
 * is closed under a worker's hands would be the next client's.
 */
@Tag("long")
public class GateOrdersTest {
    private final ConnectionGate gate = new ConnectionGate();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger evictors = new AtomicInteger();

    @Operation
    public boolean work() {
        return nested(0);
    }

    /** As Tomcat does that dispatches on the same thread. */
    @Operation
    public boolean workNested() {
        return nested(1);
    }

    private boolean nested(int more) {
        boolean entered = gate.enter();
        if (entered) {
            inside.incrementAndGet();
            notClosed();
            if (more > 0) {
                nested(more - 1);
            }
            notClosed();
            inside.decrementAndGet();
        }
        if (gate.leave()) {
            close();
        }
        return entered;
    }

    @Operation
    public void evict() {
        switch (gate.evict()) {
            case NOBODY_INSIDE -> {
                evictors.incrementAndGet();
                close();
            }
            case WORKER_INSIDE -> evictors.incrementAndGet();
            case EVICTED_BEFORE -> {
                // Nothing to do.
            }
        }
    }

    private void notClosed() {
        if (closed.get() != 0) {
            throw new IllegalStateException("closed under a worker's hands");
        }
    }

    private void close() {
        if (inside.get() != 0) {
            throw new IllegalStateException("a worker is inside");
        }
        closed.incrementAndGet();
    }

    /** When all are out. */
    @Validate
    public void wasClosedIfAndOnlyIfItWasEvictedOnce() {
        if (closed.get() > 0 != (evictors.get() == 1) || evictors.get() > 1) {
            throw new IllegalStateException("evicted " + evictors + ", closed " + closed);
        }
    }

    @Test
    void whatIsLeftIsClosedAndUnderNobodysHands() {
        Orders.ofThree().check(GateOrdersTest.class);
    }
}
