/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/** The paces that all adapters keep to, so that a refused or evicted client finds the same on each server. */
public final class Pacing {
    /** Between two questions about a connection that waits for a slot, in milliseconds. */
    public static final long WAIT_MILLIS = 1;

    /** A refused client that says nothing for this long is closed without an answer, in milliseconds. */
    public static final long REPLY_SILENCE_MILLIS = 300;

    /**
     * A client that has its last answer has this long to close first, in milliseconds, so that the TIME_WAIT is its
     * own. So long, too, a close may take whose last bytes the client does not read.
     */
    public static final long CLOSE_GRACE_MILLIS = 1_000;

    /**
     * Evicted HTTP/2 connections that get a GOAWAY at a time: their descriptors are needed, out of a reserve of 16 or
     * more.
     */
    public static final int GOAWAYS_AT_A_TIME = 4;

    private Pacing() {}
}
