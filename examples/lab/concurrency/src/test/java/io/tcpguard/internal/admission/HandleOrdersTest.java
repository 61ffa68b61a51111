/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.concurrency.Orders;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.state.RefusalCounters;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A connection's work begins and ends, an evictor claims it, its server closes it: as if each came alone. */
@Tag("long")
public class HandleOrdersTest {
    private final ListenerCounts counts = new ListenerCounts();
    private final ConnectionTable table =
            new ConnectionTable(ClientModel.empty(0, 0, 0, new CoarseClock(0), new RefusalCounters()), 0);
    private final TrackedConnection handle = table.open(null, false, counts, new ConnectionCloser() {
        @Override
        public void close(Closing how) {
            // Nobody is there.
        }
    });

    @Operation
    public boolean begin() {
        return handle.begin();
    }

    @Operation
    public void end() {
        handle.end();
    }

    @Operation
    public boolean claim() {
        return handle.claim();
    }

    @Operation
    public boolean working() {
        return handle.working();
    }

    /** Its server does it once. */
    @Operation(nonParallelGroup = "server", runOnce = true)
    public void closed() {
        handle.closed();
    }

    /** Of those that are open. */
    @Operation(nonParallelGroup = "server")
    public int held() {
        return counts.held() == table.size() ? counts.held() : -1;
    }

    @Test
    void whatIsWorkedOnIsNeverClaimedAndWhatIsClaimedNeverBegins() {
        Orders.ofThree().check(HandleOrdersTest.class);
    }
}
