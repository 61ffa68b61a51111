/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

/** A guarded listener, as its adapter and the guard's own count describe it. Asked in each cycle. */
public interface ListenerCondition {
    /** Whether the socket is bound and its acceptor runs. */
    boolean accepting();

    /** Whether anything is done for what was accepted, where it is due. */
    default boolean serving() {
        return true;
    }

    /** How many connections it has accepted so far. */
    long accepts();

    /** Whether none more is accepted only because as many are held as the server's settings allow. */
    default boolean full() {
        return false;
    }

    /** Connections held that the guard was not asked about. */
    default int untrackedConnections() {
        return 0;
    }

    /** Connections that an acceptor holds while they wait or are refused: clients', but not tracked yet. */
    default int inHand() {
        return 0;
    }

    /** Connections held that it was asked about. */
    default int held() {
        return 0;
    }

    /** How much work on its connections has ended so far; the same again and again while none does. */
    default long completed() {
        return 0;
    }
}
