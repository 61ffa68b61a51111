/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

/** A running server. */
interface Server extends AutoCloseable {
    /** The main port, bound. */
    int port();

    /** The port of the health answers; -1 if there is none. */
    int healthPort();

    /** Stops accepting, ends what runs, frees the ports. */
    @Override
    void close();
}
