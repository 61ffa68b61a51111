/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardLog;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The log line, once a minute, that no worker can be had. Logging it may fail. Any thread. */
final class NoWorkerLog {
    private static final GuardLog log = GuardLog.of(NoWorkerLog.class);
    private static final long COMPLAINT_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final Supplier<String> connector;
    private volatile boolean complained;

    private volatile long complainedAt;

    /** @param connector its name, asked for where a failure is caught */
    NoWorkerLog(Supplier<String> connector) {
        this.connector = connector;
    }

    void complain(VirtualMachineError e) {
        long now = System.nanoTime();
        if (complained && now - complainedAt < COMPLAINT_EVERY) {
            return;
        }
        complained = true;
        complainedAt = now;
        try {
            log.warn("Connector {} has no worker for a connection, and closes it", connector.get(), e);
        } catch (RuntimeException | Error again) {
            // Memory has run out, perhaps. What counts is that the poller goes on.
            return;
        }
    }
}
