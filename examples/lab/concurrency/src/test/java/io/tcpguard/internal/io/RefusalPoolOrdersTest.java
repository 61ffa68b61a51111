/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.concurrency.Orders;
import io.tcpguard.spi.Refusal;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Accepting threads hand places over to the I/O thread, which serves them, gives them back and shuts the pool: none is
 * lost or doubled.
 */
@Tag("long")
public class RefusalPoolOrdersTest {
    private static final int PLACES = 3;

    // Neither is asked for anything by a place that is not given a channel.
    @SuppressWarnings("NullAway")
    private final RefusalPool pool = new RefusalPool(PLACES, null, null);

    private final RefusalPlace[] active = new RefusalPlace[PLACES];
    private int activeCount;

    public RefusalPoolOrdersTest() {
        pool.open();
    }

    @Operation
    public void refuseAtOnce() {
        RefusalPlace place = pool.take(PLACES);
        if (place != null) {
            pool.handOver(place);
        }
    }

    // A place without a channel has nothing to close.
    @SuppressWarnings("NullAway")
    @Operation
    public void refuse() {
        RefusalPlace place = pool.take(PLACES);
        if (place != null) {
            place.give(null, 1, Refusal.CONNECTIONS, 0);
            pool.handOver(place);
        }
    }

    @Operation
    public void look() {
        RefusalPlace place = pool.nextLeaving();
        if (place != null) {
            pool.handOver(place);
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
        activeCount = pool.takeOver(active, activeCount, PLACES, 0, 0);
        for (int i = 0; i < activeCount; i++) {
            for (int j = 0; j < i; j++) {
                if (active[i] == active[j]) {
                    throw new AssertionError("a place is there twice");
                }
            }
            active[i].broken();
        }
        activeCount = pool.giveBack(active, activeCount);
        if (pool.size() < 0 || pool.size() > PLACES) {
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
