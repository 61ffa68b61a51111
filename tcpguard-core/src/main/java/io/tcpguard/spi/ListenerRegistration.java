/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connector has of its guard while it is stopped, started and bound anew: the listener, and the watch on its
 * work. To read takes no lock; changes may come from any thread.
 */
public final class ListenerRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerRegistration.class);

    private volatile @Nullable GuardedListener listener;
    /** Guarded by this. */
    private @Nullable AutoCloseable work;

    private @Nullable ListenerControl registered;
    private int registeredPort;

    /** Nothing is registered yet. */
    public ListenerRegistration() {}

    /** The listener; null while it is not under guard. One volatile read. */
    public @Nullable GuardedListener listener() {
        return listener;
    }

    /**
     * Registers the socket, unless it is registered already: the same port and control. A former one is given up after
     * that, so that health never loses sight of the connector.
     *
     * @throws IllegalStateException if the guard does not run; a former listener is kept then
     * @see AdmissionControl#listen
     */
    @SuppressWarnings("ReferenceEquality") // the same socket, not one like it
    public synchronized void listen(AdmissionControl guard, String name, int port, ListenerControl control) {
        GuardedListener old = listener;
        if (old != null && registered == control && registeredPort == port) {
            return;
        }
        listener = guard.listen(name, port, control);
        registered = control;
        registeredPort = port;
        if (old != null) {
            old.close();
        }
    }

    /**
     * The same for a server that starts all the same where the guard does not run: says so, and gives up a former one.
     *
     * @return whether the socket is under guard
     */
    public synchronized boolean tryListen(AdmissionControl guard, String name, int port, ListenerControl control) {
        try {
            listen(guard, name, port, control);
            return true;
        } catch (IllegalStateException e) {
            LOG.warn("{}: not active: {}", name, e.getMessage());
            unlisten();
            return false;
        }
    }

    /** The connector is gone for good, or no more under guard. */
    public synchronized void unlisten() {
        GuardedListener old = listener;
        listener = null;
        if (old != null) {
            old.close();
        }
    }

    /**
     * Watches the executor that works for the connector, instead of a former one.
     *
     * @param executor null: there is none to watch
     * @throws IllegalStateException if the guard does not run
     */
    public synchronized void watchWork(AdmissionControl guard, String name, @Nullable Executor executor) {
        unwatchWork(name);
        GuardedListener now = listener;
        work = executor == null ? null : now == null ? guard.watchWork(name, executor) : now.watchWork(name, executor);
    }

    /** To be called before the executor ends. Never throws. */
    public synchronized void unwatchWork(String name) {
        AutoCloseable old = work;
        work = null;
        if (old != null) {
            try {
                old.close();
            } catch (Exception e) {
                LOG.warn("Could not stop watching the work of connector {}", name, e);
            }
        }
    }
}
