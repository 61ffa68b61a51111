/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tcpguard.netty.FirstBytes.Spoken;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstBytesTest {
    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1", "POST", "PUT", "PROPFIND", "PRIVATE", "PRIx", "options"})
    void takesMethodsForHttp1(String text) {
        assertThat(received(text)).isEqualTo(Spoken.HTTP1);
    }

    @Test
    void knowsThePrefaceOfHttp2() {
        assertThat(received("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).isEqualTo(Spoken.HTTP2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001", "\u0000\u0000\u0000\u0005", "\r\nG", "{"})
    void takesTlsAndOtherBytesForSomethingElse(String text) {
        assertThat(received(text)).isEqualTo(Spoken.OTHER);
    }

    @Test
    void waitsWhileTheBytesFitBoth() {
        FirstBytes first = new FirstBytes();

        assertThat(first.protocolOf(Unpooled.EMPTY_BUFFER)).isEqualTo(Spoken.NOT_YET);
        assertThat(first.protocolOf(bytes("P"))).isEqualTo(Spoken.NOT_YET);
        assertThat(first.protocolOf(bytes("RI"))).isEqualTo(Spoken.NOT_YET);
        assertThat(first.protocolOf(bytes(" * HTTP/2.0"))).isEqualTo(Spoken.HTTP2);
    }

    private static final String V2_LOCAL = "\r\n\r\n\u0000\r\nQUIT\n \u0000\u0000\u0000";
    /** With 13 bytes that are no addresses of any kind. */
    private static final String V2_MORE = "\r\n\r\n\u0000\r\nQUIT\n!\u0011\u0000\rHEAD PRI GET ";

    /** A proxy's own words come first, in one piece or in many. */
    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 192.0.2.7 192.0.2.1 1 80\r\n", "PROXY UNKNOWN\r\n", V2_LOCAL, V2_MORE})
    void passesOverTheProxyProtocol(String header) {
        assertThat(received(header)).isEqualTo(Spoken.NOT_YET);
        assertThat(received(header + "GET /")).isEqualTo(Spoken.HTTP1);
        assertThat(received(header + "PROXY")).isEqualTo(Spoken.HTTP1);
        assertThat(received(header + "PRI * HTTP/2.0")).isEqualTo(Spoken.HTTP2);
        assertThat(received(header + "\u0016\u0003")).isEqualTo(Spoken.OTHER);
        FirstBytes first = new FirstBytes();
        for (int i = 0; i < header.length(); i++) {
            assertThat(first.protocolOf(bytes(header.substring(i, i + 1)))).isEqualTo(Spoken.NOT_YET);
        }
        assertThat(first.head()).isFalse();
        assertThat(first.protocolOf(bytes("H"))).isEqualTo(Spoken.HTTP1);
        assertThat(first.head()).isTrue();
    }

    private static Spoken received(String text) {
        return new FirstBytes().protocolOf(bytes(text));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
