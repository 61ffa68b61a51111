/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tcpguard.spi.Refusal;
import java.nio.charset.StandardCharsets;

/** What refused clients are told, made once: direct, read-only, never released. */
final class Answers {
    /** {@code Retry-After} is this many seconds at most. */
    private static final int SECONDS = 2;

    private static final ByteBuf[] HTTP1 = new ByteBuf[2 * SECONDS * Refusal.values().length];

    static {
        for (Refusal why : Refusal.values()) {
            for (int seconds = 1; seconds <= SECONDS; seconds++) {
                HTTP1[index(why, seconds, true)] = fixed(http1Text(why, seconds, true));
                HTTP1[index(why, seconds, false)] = fixed(http1Text(why, seconds, false));
            }
        }
    }

    private static final ByteBuf GOAWAY = fixed(Refusal.http2());

    private Answers() {}

    /** @param bodyless to HEAD: the head alone */
    static ByteBuf http1(Refusal why, int retryAfterSeconds, boolean bodyless) {
        return retryAfterSeconds >= 1 && retryAfterSeconds <= SECONDS
                ? HTTP1[index(why, retryAfterSeconds, bodyless)].duplicate()
                : Unpooled.wrappedBuffer(http1Text(why, retryAfterSeconds, bodyless));
    }

    static ByteBuf http2() {
        return GOAWAY.duplicate();
    }

    private static int index(Refusal why, int seconds, boolean bodyless) {
        return (why.ordinal() * SECONDS + seconds - 1) * 2 + (bodyless ? 1 : 0);
    }

    private static byte[] http1Text(Refusal why, int seconds, boolean bodyless) {
        return why.http1(seconds, bodyless).getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuf fixed(byte[] bytes) {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return Unpooled.unreleasableBuffer(buffer.asReadOnly());
    }
}
