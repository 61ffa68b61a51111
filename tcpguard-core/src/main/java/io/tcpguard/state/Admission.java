/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/** The answer to "may this connection or request come in?". */
public enum Admission {
    /** Serve it. */
    ADMIT,
    /**
     * No slot now, and soon perhaps: hold this connection, leave the others in the accept queue, and ask again in a
     * millisecond or two. Only for who said that it can.
     */
    WAIT,
    /** Refuse it with an answer: 503 and Retry-After, or what the protocol has for it. */
    RESPOND,
    /** Refuse it by an orderly close: nothing can be said, and a reset would do harm. */
    CLOSE,
    /** Refuse it by a reset, which leaves no TIME_WAIT and costs least. */
    RESET;

    /** True for {@link #RESPOND}, {@link #CLOSE} and {@link #RESET}. */
    public boolean refused() {
        return this != ADMIT && this != WAIT;
    }
}
