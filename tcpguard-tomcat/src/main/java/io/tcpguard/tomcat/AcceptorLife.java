/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import org.apache.tomcat.util.net.Acceptor;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connector's acceptor runs, by its state and by its thread: an Error ends it without a word in its state.
 * Any thread.
 */
final class AcceptorLife {
    private volatile @Nullable Thread thread;

    /**
     * From the start of a start to the first look at a running acceptor: not a failure, and no reason to take health
     * down.
     */
    private volatile boolean starting;

    void starting(boolean now) {
        starting = now;
    }

    /** The thread that calls accepts. */
    void isHere() {
        if (thread != Thread.currentThread()) {
            thread = Thread.currentThread();
        }
    }

    /** The socket is closed. */
    void ended() {
        thread = null;
    }

    /** @param acceptor of an endpoint that is not paused; null: it does not run */
    boolean accepts(@Nullable Acceptor<?> acceptor) {
        Thread accepting = thread;
        boolean runs = acceptor != null
                && acceptor.getState() == Acceptor.AcceptorState.RUNNING
                && (accepting == null || accepting.isAlive());
        if (runs) {
            starting = false;
        }
        return runs || starting;
    }
}
