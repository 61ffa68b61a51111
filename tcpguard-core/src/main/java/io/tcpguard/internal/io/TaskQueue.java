/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.RateLimitedLog;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Tasks for the I/O thread, in order. Any thread adds; one runs. What a task throws, and one that takes long, is
 * logged.
 */
final class TaskQueue {
    private static final GuardLog LOG = GuardLog.of(TaskQueue.class);
    private static final long QUIET = TimeUnit.MINUTES.toNanos(1);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(100);

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final RateLimitedLog failed = new RateLimitedLog(LOG, QUIET);
    private final RateLimitedLog slow = new RateLimitedLog(LOG, QUIET);
    private final NanoClock clock;

    TaskQueue(NanoClock clock) {
        this.clock = clock;
    }

    void add(Runnable task) {
        tasks.add(task);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Runs all that are here. Throws nothing; leaves no interrupt behind. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            long before = clock.nanoTime();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failed.warn("A task on the guard's I/O thread failed", e, before);
            }
            Thread.interrupted();
            long after = clock.nanoTime();
            if (after - before > SLOW) {
                slow.warn(
                        "A task held up the guard's I/O thread, and health checks with it, for "
                                + TimeUnit.NANOSECONDS.toMillis(after - before) + " ms: "
                                + task.getClass().getName(),
                        null,
                        after);
            }
        }
    }
}
