/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What refused clients are told, made once: direct, read-only, never released. */
final class Answers {
    private static final ByteBuf AFTER_ONE = fixed(http1Text(1));
    private static final ByteBuf AFTER_TWO = fixed(http1Text(2));
    /** An empty SETTINGS, the server's preface, then GOAWAY: no stream was worked on, NO_ERROR (RFC 9113, 3.4 and 6.8). */
    private static final ByteBuf GOAWAY = fixed(new byte[] {
        0, 0, 0, 4, 0, 0, 0, 0, 0, //
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    });

    private Answers() {}

    static ByteBuf http1(int retryAfterSeconds) {
        return switch (retryAfterSeconds) {
            case 1 -> AFTER_ONE.duplicate();
            case 2 -> AFTER_TWO.duplicate();
            default -> Unpooled.wrappedBuffer(http1Text(retryAfterSeconds));
        };
    }

    static ByteBuf http2() {
        return GOAWAY.duplicate();
    }

    private static byte[] http1Text(int retryAfterSeconds) {
        return ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + retryAfterSeconds
                        + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuf fixed(byte[] bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return Unpooled.unreleasableBuffer(buffer.asReadOnly());
    }
}
