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

    private static final byte[][] STARTS = {PREFACE, ProxyPreface.V1, ProxyPreface.V2};
    private static final int ANY = (1 << STARTS.length) - 1;

    /** Bytes that the binary header has behind its start before it says how many follow. */
    private static final int UP_TO_LENGTH = 4;

    /** Bytes that fit {@link #starts} so far. */
    private int matched;
    /** What the client may have begun with, a bit for each of {@link #STARTS}. */
    private int starts = ANY;
    /** The first byte that is no proxy's. */
    private byte first;

    private boolean inText;
    private int ofLength;
    private int length;

    /** Bytes of a proxy that speaks the PROXY protocol first are passed over. */
    Spoken protocolOf(ByteBuf bytes) {
        Spoken spoken = Spoken.NOT_YET;
        for (int i = bytes.readerIndex(); i < bytes.writerIndex() && spoken == Spoken.NOT_YET; i++) {
            byte b = bytes.getByte(i);
            if (inText) {
                inText = b != '\n';
            } else if (ofLength > 0) {
                ofLength--;
                length = (length << 8 | Byte.toUnsignedInt(b)) & 0xFFFF;
            } else if (length > 0) {
                length--;
            } else {
                spoken = next(b);
            }
        }
        return spoken;
    }

    private Spoken next(byte b) {
        if (matched == 0) {
            first = b;
        }
        int fit = 0;
        for (int i = 0; i < STARTS.length; i++) {
            fit |= (starts & 1 << i) != 0 && STARTS[i][matched] == b ? 1 << i : 0;
        }
        if (fit == 0) {
            return isLetter(first) ? Spoken.HTTP1 : Spoken.OTHER;
        }
        starts = fit;
        matched++;
        // Those that fit differ before any of them ends.
        byte[] start = STARTS[Integer.numberOfTrailingZeros(fit)];
        if (matched < start.length) {
            return Spoken.NOT_YET;
        }
        if (start == PREFACE) {
            return Spoken.HTTP2;
        }
        inText = start == ProxyPreface.V1;
        ofLength = inText ? 0 : UP_TO_LENGTH;
        matched = 0;
        starts = 1;
        return Spoken.NOT_YET;
    }

    /** Whether an HTTP/1 client asks for the head only. */
    boolean head() {
        return first == 'H';
    }

    private static boolean isLetter(byte b) {
        return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
    }
}
