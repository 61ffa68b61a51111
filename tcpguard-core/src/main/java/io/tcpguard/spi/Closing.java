/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/** How a connection is to be closed by the server. */
public enum Closing {
    /** FIN: the director sees the client's answer to it; leaves a TIME_WAIT here (RFC 9293, 3.6). */
    ORDERLY,
    /** SO_LINGER 0: RST, no TIME_WAIT. */
    RESET
}
