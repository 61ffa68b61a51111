/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyPrefaceTest {
    private static boolean isPreface(String first) {
        return ProxyPreface.isIn(Unpooled.copiedBuffer(first, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 198.51.100.7 198.51.100.1 35646 80\r\n",
                "PROXY UNKNOWN\r\n",
                "\r\n\r\n\0\r\nQUIT\n!\21\0\f"
            })
    void knowsBothVersionsOfTheProxyProtocol(String first) {
        assertThat(isPreface(first)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "PROXY",
                "PROXYING / HTTP/1.1\r\n",
                "GET / HTTP/1.1\r\n",
                "\r\n\r\nGET /",
                "\r\n\r\n\0\r\nQUIT"
            })
    void takesNothingElseForIt(String first) {
        assertThat(isPreface(first)).isFalse();
    }
}
