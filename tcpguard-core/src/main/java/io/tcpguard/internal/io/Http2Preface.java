/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How a client begins that knows beforehand that a server speaks HTTP/2 (RFC 9113, 3.4). */
final class Http2Preface {
    private static final byte[] BEGINNING = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

    /** So many bytes of it tell it from everything else. */
    static final int TELLING = BEGINNING.length;

    private Http2Preface() {}

    /**
     * How many bytes of it have come by now; -1: it is something else. The buffer is not moved.
     *
     * @param before how many had come before these
     */
    static int matched(ByteBuffer next, int before) {
        if (before < 0) {
            return before;
        }
        int at = before;
        for (int i = next.position(); i < next.limit() && at < TELLING; i++) {
            if (next.get(i) != BEGINNING[at++]) {
                return -1;
            }
        }
        return at;
    }
}
