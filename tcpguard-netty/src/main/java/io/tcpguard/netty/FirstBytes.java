/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;

/** The protocol that a client speaks, by its first bytes. They may come one at a time. */
final class FirstBytes {
    enum Spoken {
        NOT_YET,
        HTTP1,
        HTTP2,
        OTHER
    }

    /** The start of HTTP/2's preface (RFC 9113, 3.4); no HTTP/1 method is called so. */
    private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

    private int matched;
    private boolean head;

    Spoken protocolOf(ByteBuf bytes) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
            byte b = bytes.getByte(i);
            if (b != PREFACE[matched]) {
                head = matched == 0 && b == 'H';
                return matched > 0 || isLetter(b) ? Spoken.HTTP1 : Spoken.OTHER;
            }
            if (++matched == PREFACE.length) {
                return Spoken.HTTP2;
            }
        }
        return Spoken.NOT_YET;
    }

    /** Whether an HTTP/1 client asks for the head only. */
    boolean head() {
        return head;
    }

    private static boolean isLetter(byte b) {
        return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
    }
}
