/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final String OK = "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello";

    private final AnswerReader reader = new AnswerReader();

    @Test
    void readsAnAnswerThatArrivesByteByByte() {
        for (int i = 0; i < OK.length() - 1; i++) {
            assertThat(reader.take(bytes(OK.substring(i, i + 1)))).isZero();
        }

        assertThat(reader.take(bytes("o"))).isEqualTo(200);
    }

    @Test
    void leavesTheNextAnswerInTheBuffer() {
        ByteBuffer two = bytes(OK + "HTTP/1.1 503 Service Unavailable\r\ncontent-length:0\r\n\r\n");

        assertThat(reader.take(two)).isEqualTo(200);
        assertThat(reader.take(two)).isEqualTo(503);
        assertThat(two.hasRemaining()).isFalse();
    }

    @Test
    void takesAnAnswerWithoutLengthAsWholeAfterItsHead() {
        assertThat(reader.take(bytes("HTTP/1.1 204 No Content\r\nA: b\r\n\r\n")))
                .isEqualTo(204);
    }

    @Test
    void saysWhenThisIsNoHttp() {
        assertThat(reader.take(bytes("SSH-2.0-x\r\n\r\n"))).isEqualTo(-1);
        assertThat(new AnswerReader().take(bytes("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")))
                .isEqualTo(-1);
        assertThat(new AnswerReader().take(bytes("x".repeat(10_000)))).isEqualTo(-1);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
