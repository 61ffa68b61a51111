/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/**
 * The requests in progress on one connection, and whether all of them wait for the client, for adapters that see each
 * of these. Tells the {@link ConnectionHandle}. Any thread; a lock for a few instructions, allocates nothing.
 */
public final class RequestsInProgress {
    private final ConnectionHandle handle;
    // Guarded by this; several at a time are HTTP/2's.
    private int working;
    private int waitingForBody;
    private boolean writeBlocked;

    /** @param handle the connection's */
    public RequestsInProgress(ConnectionHandle handle) {
        this.handle = handle;
    }

    /** The connection's handle. */
    public ConnectionHandle handle() {
        return handle;
    }

    /**
     * A request came. Each true answer needs one {@link #end()}.
     *
     * @return false if the connection is being evicted: drop the request
     */
    public synchronized boolean begin() {
        if (!handle.begin()) {
            return false;
        }
        working++;
        tell();
        return true;
    }

    /** A request's answer is written, or has failed. */
    public synchronized void end() {
        if (--working == 0) {
            waitingForBody = 0;
        }
        tell();
        handle.end();
    }

    /** A request waits for bytes of its body, or waits no more. */
    public synchronized void waitsForBody(boolean now) {
        waitingForBody = Math.max(0, waitingForBody + (now ? 1 : -1));
        tell();
    }

    /** The client takes no bytes, or does again. May be said again and again. */
    public synchronized void writeBlocked(boolean now) {
        if (writeBlocked != now) {
            writeBlocked = now;
            tell();
        }
    }

    private void tell() {
        handle.unfinished(waitsForClient());
    }

    /** Whether all that is in progress here waits for the client. */
    public synchronized boolean waitsForClient() {
        return working > 0 && (writeBlocked || waitingForBody >= working);
    }
}
