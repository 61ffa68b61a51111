/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The beginning and end of Tomcat's work on a connection. None begins on one that was evicted meanwhile. Any worker.
 */
final class WorkerGate {
    private final ConnectionRegistry registry;
    private final EndpointGuard guarding;

    /** Tomcat's own part. */
    interface Work {
        void proceed();
    }

    WorkerGate(ConnectionRegistry registry, EndpointGuard guarding) {
        this.registry = registry;
        this.guarding = guarding;
    }

    /**
     * @param work Tomcat pools it, and may hand it to another thread before it returns: nothing of it is read after
     */
    void run(Work work, SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        ServiceWatch watching = guarding.service();
        if (watching != null) {
            watching.dispatched();
        }
        GuardedConnection connection = registry.of(wrapper);
        if (connection == null) {
            // Not guarded; or closed since this was queued, and then its channel object may be another client's by
            // now.
            if (!wrapper.isClosed()) {
                work.proceed();
            }
            return;
        }
        boolean entered = connection.enter(event, isHandshaken(wrapper));
        WorkerRun run = connection.run();
        boolean whole = false;
        try {
            if (entered) {
                run.begin();
                work.proceed();
            }
            whole = true;
            if (watching != null) {
                watching.served();
            }
        } finally {
            boolean evicted = connection.leave();
            if (!whole) {
                run.error();
            }
            if (entered && !evicted && watching != null && run.failed(wrapper.isClosed())) {
                watching.failed();
            }
            // An Error leaves Tomcat's part of it half done, and no event would ever come again.
            // One of HTTP/2 is closed by who evicted it, with a word or without.
            if ((evicted && !connection.multiplexed()) || !whole) {
                wrapper.close();
            }
        }
    }

    private static boolean isHandshaken(SocketWrapperBase<NioChannel> wrapper) {
        NioChannel socket = wrapper.getSocket();
        return socket != null && socket.isHandshakeComplete();
    }
}
