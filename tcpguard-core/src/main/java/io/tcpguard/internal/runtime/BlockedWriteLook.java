/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.RateLimitedLog;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.slf4j.LoggerFactory;

/**
 * While slots are scarce, whichever limit makes them so: has the listeners say which answers nobody takes. Once a
 * second, and a twentieth of the time at most. The sampler's thread; listeners come and go on any.
 */
final class BlockedWriteLook {
    private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_PER_COST = 20;

    private final LongPredicate scarce;
    private final NanoClock clock;
    private final List<ListenerControl> controls;
    private final RateLimitedLog trouble =
            new RateLimitedLog(LoggerFactory.getLogger(BlockedWriteLook.class), TimeUnit.MINUTES.toNanos(1));
    private long nextAt;

    /**
     * @param controls of the listeners that are guarded now
     * @param scarce whether at this time new connections are refused or take others' slots
     */
    BlockedWriteLook(List<ListenerControl> controls, LongPredicate scarce, NanoClock clock) {
        this.controls = controls;
        this.scarce = scarce;
        this.clock = clock;
        this.nextAt = clock.nanoTime();
    }

    void sampled(long now) {
        if (now - nextAt < 0 || !scarce.test(now)) {
            return;
        }
        long start = clock.nanoTime();
        for (ListenerControl control : controls) {
            try {
                control.noteBlockedWrites();
            } catch (RuntimeException | Error e) {
                trouble.warn("tcpguard: an adapter could not look for answers that nobody takes", e, now);
            }
        }
        long end = clock.nanoTime();
        nextAt = end + Math.max(PERIOD, (end - start) * PAUSE_PER_COST);
    }
}
