/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What an abnormal client sends, and that it then sits. */
enum Abuse {
    SILENT(""),
    ONE_REQUEST_AND_SIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    HALF_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\nX-"),
    /** A servlet that reads the body waits on its thread. */
    HALF_A_BODY("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"),
    SLOW_READER("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"),
    /** The first bytes of a ClientHello's record: enough to look alive. */
    STALLED_HANDSHAKE(HexFormat.of().parseHex("16030102000100")),
    /**
     * HTTP/2 with prior knowledge: SETTINGS, stream 1 asks for "/" and is answered, stream 3 is opened by a POST
     * whose body never comes (RFC 9113, 3.4 and 6; HPACK's static table in RFC 7541, A).
     */
    HTTP2_IDLE_STREAMS(HexFormat.of()
            .parseHex("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a" + "000000040000000000"
                    + "00000601050000000182868441" + "0161" + "00000601040000000383868441" + "0161"));

    @SuppressWarnings("ImmutableEnumChecker") // given away only as a copy
    private final byte[] bytes;

    Abuse(String text) {
        this(text.getBytes(StandardCharsets.US_ASCII));
    }

    Abuse(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes.clone();
    }
}
