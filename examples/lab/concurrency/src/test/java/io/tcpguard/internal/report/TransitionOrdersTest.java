/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.concurrency.Orders;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The sampler publishes while the I/O thread tells: each listener hears a chain without a gap, and of the last one at
 * last.
 */
@Tag("long")
public class TransitionOrdersTest {
    private static final GuardSnapshot[] SNAPSHOTS = {at(Level.NORMAL), at(Level.ELEVATED), at(Level.SHED)};

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TransitionFanout fanout = new TransitionFanout(tasks::add);
    private int published;
    private int heard;

    public TransitionOrdersTest() {
        fanout.add(transition -> {
            if (!transition.before().equals(SNAPSHOTS[heard % SNAPSHOTS.length])) {
                throw new AssertionError("a gap: " + transition.before().level());
            }
            while (!transition.after().equals(SNAPSHOTS[heard % SNAPSHOTS.length])) {
                heard++;
            }
        });
    }

    @Operation(nonParallelGroup = "sampler")
    public void publish() {
        GuardSnapshot before = SNAPSHOTS[published++ % SNAPSHOTS.length];
        fanout.publish(before, SNAPSHOTS[published % SNAPSHOTS.length]);
    }

    @Operation(nonParallelGroup = "io")
    public void tell() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    @Test
    void noListenerMissesATransition() {
        Orders.ofTwo().check(TransitionOrdersTest.class);
    }

    private static GuardSnapshot at(Level level) {
        return new GuardSnapshot(
                level,
                null,
                "test",
                Capacity.UNKNOWN,
                new Verdict(true, 100, "up"),
                Admission.ADMIT,
                false,
                List.of(),
                0);
    }
}
