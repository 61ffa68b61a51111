/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.concurrency.Orders;
import io.tcpguard.spi.Refusal;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Accepting threads hand slots over to the I/O thread, which serves them, gives them back and shuts the pool: none is
 * lost or doubled.
 */
@Tag("long")
public class RefusalPoolOrdersTest {
    private static final int SLOTS = 3;

    // Neither is asked for anything by a slot that is not given a channel.
    @SuppressWarnings("NullAway")
    private final RefusalPool pool = new RefusalPool(SLOTS, null, null);

    private final RefusedClient[] active = new RefusedClient[SLOTS];
    private int activeCount;

    public RefusalPoolOrdersTest() {
        pool.open();
    }

    @Operation
    public void refuseAtOnce() {
        RefusedClient client = pool.take(SLOTS);
        if (client != null) {
            pool.handOver(client);
        }
    }

    // A slot without a channel has nothing to close.
    @SuppressWarnings("NullAway")
    @Operation
    public void refuse() {
        RefusedClient client = pool.take(SLOTS);
        if (client != null) {
            client.give(null, 1, Refusal.CONNECTIONS, 0);
            pool.handOver(client);
        }
    }

    @Operation
    public void look() {
        RefusedClient client = pool.nextLeaving();
        if (client != null) {
            pool.handOver(client);
        }
    }

    @Operation
    public void write() {
        ReplyWriter writer = pool.takeWriter();
        if (writer != null) {
            pool.giveWriter(writer);
        }
    }

    @Operation(nonParallelGroup = "io")
    public void serve() {
        activeCount = pool.takeOver(active, activeCount, SLOTS, 0, 0);
        for (int i = 0; i < activeCount; i++) {
            for (int j = 0; j < i; j++) {
                if (active[i] == active[j]) {
                    throw new AssertionError("a slot is there twice");
                }
            }
            active[i].broken();
        }
        activeCount = pool.giveBack(active, activeCount);
        if (pool.size() < 0 || pool.size() > SLOTS) {
            throw new AssertionError("held: " + pool.size());
        }
        if (activeCount != 0) {
            throw new AssertionError("closed, and still active: " + activeCount);
        }
    }

    @Operation(nonParallelGroup = "io", runOnce = true)
    public void shut() {
        activeCount = pool.shut(active, activeCount);
    }

    @Test
    void noPlaceIsLostOrGivenTwice() {
        Orders.ofThree().check(RefusalPoolOrdersTest.class);
    }
}
