/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.ConnectionHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests of one connection that are in progress, and how many of them wait for the rest of their body. Any thread.
 */
final class TomcatRequests {
    private static final long OPEN = 1L << 32;

    private final ConnectionHandle handle;
    /** Open ones above, those that wait below. */
    private final AtomicLong counts = new AtomicLong();

    private volatile boolean said;

    TomcatRequests(ConnectionHandle handle) {
        this.handle = handle;
    }

    /** False: the connection is being closed. */
    boolean begins() {
        if (!handle.begin()) {
            return false;
        }
        changed(counts.addAndGet(OPEN));
        return true;
    }

    void ends() {
        changed(counts.addAndGet(-OPEN));
        handle.end();
    }

    /** One of them needs bytes that its client has not sent. */
    void waits() {
        changed(counts.incrementAndGet());
    }

    void waitsNoMore() {
        changed(counts.decrementAndGet());
    }

    private void changed(long now) {
        if (said || allWait(now)) {
            say();
        }
    }

    /** Of two threads that say it at once, the last one looks after both have written. */
    private void say() {
        boolean all;
        do {
            all = allWait(counts.get());
            said = all;
            handle.unfinished(all);
        } while (all != allWait(counts.get()));
    }

    private static boolean allWait(long counts) {
        int open = (int) (counts >> 32);
        return open > 0 && (int) counts >= open;
    }
}
