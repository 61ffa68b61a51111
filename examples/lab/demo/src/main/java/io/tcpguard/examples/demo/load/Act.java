/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

/** What a client wants done with its connection. */
enum Act {
    NONE,
    /** Open one. */
    CONNECT,
    /** Send one request. */
    SEND,
    /** Send the first byte of one. */
    SEND_A_BYTE,
    /** Close it. */
    CLOSE
}
