/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.function.Predicate;

/** What a client says that speaks for others. */
final class Forwarding {
    private static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");

    /** RFC 7239. */
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");

    /** How the PROXY protocol begins, version 1 and 2 (HAProxy's proxy-protocol.txt, 2.1 and 2.2). */
    private static final byte[] V1 = {'P', 'R', 'O', 'X', 'Y', ' '};

    private static final byte[] V2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

    private Forwarding() {}

    /** @param has whether there is a header of that name */
    static boolean isIn(Predicate<CharSequence> has) {
        return has.test(X_FORWARDED_FOR) || has.test(FORWARDED);
    }

    /** Whether a connection's first bytes are of the PROXY protocol; its senders send them in one piece. */
    static boolean isPreface(Object first) {
        return first instanceof ByteBuf bytes && (begins(bytes, V1) || begins(bytes, V2));
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
