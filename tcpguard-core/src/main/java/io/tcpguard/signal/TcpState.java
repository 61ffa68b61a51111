/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.signal;

import org.jspecify.annotations.Nullable;

/** States of a TCP socket, in the order of their numbers from 1 on (include/net/tcp_states.h). */
public enum TcpState {
    /** Open in both directions. */
    ESTABLISHED,
    /** Connecting. */
    SYN_SENT,
    /** Asked for by a client that has not confirmed yet. */
    SYN_RECV,
    /** We closed; the peer has not confirmed. */
    FIN_WAIT1,
    /** We closed; the peer may still send. */
    FIN_WAIT2,
    /** Closed by us, kept for late segments; holds no descriptor. */
    TIME_WAIT,
    /** Not connected. */
    CLOSE,
    /** The peer closed and the application did not: many of these mean that it forgets to. */
    CLOSE_WAIT,
    /** Closed by the peer, then by us; the peer has not confirmed. */
    LAST_ACK,
    /** Waits for connections. */
    LISTEN,
    /** Closed by both at once. */
    CLOSING;

    private static final TcpState[] ALL = values();

    /** The state of that number; null if there is none. */
    public static @Nullable TcpState of(int number) {
        return number >= 1 && number <= ALL.length ? ALL[number - 1] : null;
    }
}
