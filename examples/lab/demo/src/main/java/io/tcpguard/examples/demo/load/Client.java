/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

/**
 * One client as a state machine without a socket or a clock: told what happened and when, it says what to do. Times are
 * milliseconds of one monotonic clock. Not thread-safe.
 */
interface Client {
    long NEVER = Long.MAX_VALUE;

    /** When {@link #onTimer} is to be called; {@link #NEVER}. */
    long deadline();

    Act onTimer(long now);

    /** The connection stands. */
    Act onConnected(long now);

    /** A whole answer came. */
    Act onAnswer(int status, long now);

    /** The connection was refused, reset or closed by the server; it is closed here too. */
    void onGone(long now);
}
