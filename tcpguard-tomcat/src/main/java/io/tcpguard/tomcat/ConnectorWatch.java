/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a connector has of its guard: the listener, and the watch on its work. Reads need no lock; changes come from any thread. */
final class ConnectorWatch {
    private static final Logger log = LoggerFactory.getLogger(ConnectorWatch.class);

    private volatile @Nullable GuardedListener listener;
    private @Nullable AutoCloseable canary;

    @Nullable GuardedListener listener() {
        return listener;
    }

    /**
     * Registers the socket; a former one is given up after that, so that health never loses sight of the connector.
     *
     * @throws IllegalStateException if the guard does not run
     */
    synchronized void listen(AdmissionControl guard, String name, int port, ListenerControl control) {
        GuardedListener old = listener;
        listener = guard.listen(name, port, control);
        if (old != null) {
            old.close();
        }
    }

    synchronized void unlisten() {
        GuardedListener old = listener;
        listener = null;
        if (old != null) {
            old.close();
        }
    }

    /** @param executor null: there is none to watch */
    synchronized void watchWork(AdmissionControl guard, String name, @Nullable Executor executor) {
        unwatchWork(name);
        GuardedListener now = listener;
        canary =
                executor == null ? null : now == null ? guard.watchWork(name, executor) : now.watchWork(name, executor);
    }

    /** To be called before the executor ends. */
    synchronized void unwatchWork(String name) {
        AutoCloseable old = canary;
        canary = null;
        if (old != null) {
            try {
                old.close();
            } catch (Exception e) {
                log.warn("The watch on the work of connector {} did not end", name, e);
            }
        }
    }
}
