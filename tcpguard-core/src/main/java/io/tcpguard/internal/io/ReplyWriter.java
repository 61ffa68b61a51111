/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.spi.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The buffers for requests that are refused, and the answers to them. For one thread at a time. */
final class ReplyWriter {
    static final int LONGEST_RETRY_AFTER = 120;

    private static final int CAUSES = Refusal.values().length;
    /** Of 8 KiB: what a client can have sent before the first byte was read. */
    private static final int READS = 64;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(8192);
    private final ByteBuffer goAway = direct(Refusal.http2());

    private final @Nullable ByteBuffer[] answers = new @Nullable ByteBuffer[2 * CAUSES * (LONGEST_RETRY_AFTER + 1)];

    /**
     * The answer, to be written from its start; made once for each cause and number of seconds.
     *
     * @param bodyless to HEAD: the head alone
     */
    ByteBuffer answer(int retryAfterSeconds, Refusal cause, boolean bodyless) {
        int index = (retryAfterSeconds * CAUSES + cause.ordinal()) * 2 + (bodyless ? 1 : 0);
        ByteBuffer answer = answers[index];
        if (answer == null) {
            answer = direct(cause.http1(retryAfterSeconds, bodyless).getBytes(StandardCharsets.US_ASCII));
            answers[index] = answer;
        }
        answer.clear();
        return answer;
    }

    /** The answer to HTTP/2, to be written from its start. */
    ByteBuffer goAway() {
        goAway.clear();
        return goAway;
    }

    /** Takes what has arrived, half a megabyte at most, and does not wait. Whether it begins as HTTP/2 does. */
    boolean drain(SocketChannel channel) throws IOException {
        boolean http2 = read(channel) > 0 && Http2Preface.matched(scratch, 0) == Http2Preface.TELLING;
        for (int i = 1; i < READS && scratch.limit() == scratch.capacity(); i++) {
            read(channel);
        }
        return http2;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }

    /** Reads what there is; the number of bytes, or -1 at the end. */
    int read(SocketChannel channel) throws IOException {
        scratch.clear();
        int n = channel.read(scratch);
        scratch.flip();
        return n;
    }

    /** What was read last. */
    ByteBuffer bytes() {
        return scratch;
    }
}
