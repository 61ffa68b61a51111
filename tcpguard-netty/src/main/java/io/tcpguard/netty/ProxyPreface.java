/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;

/** How the PROXY protocol begins, which a proxy in front of this server may speak. */
final class ProxyPreface {
    /** Version 1 and 2 (HAProxy's proxy-protocol.txt, 2.1 and 2.2). */
    static final byte[] V1 = {'P', 'R', 'O', 'X', 'Y', ' '};

    static final byte[] V2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    private ProxyPreface() {}

    /** Whether a connection's first bytes are of the PROXY protocol; its senders send them in one piece. */
    static boolean isIn(ByteBuf first) {
        return begins(first, V1) || begins(first, V2);
    }

    private static boolean begins(ByteBuf bytes, byte[] with) {
        if (bytes.readableBytes() < with.length) {
            return false;
        }
        for (int i = 0; i < with.length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != with[i]) {
                return false;
            }
        }
        return true;
    }
}
