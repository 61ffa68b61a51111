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

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(8192);
    private static final int CAUSES = Refusal.values().length;

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
            byte[] text = cause.http1(retryAfterSeconds, bodyless).getBytes(StandardCharsets.US_ASCII);
            answer = ByteBuffer.allocateDirect(text.length).put(text);
            answers[index] = answer;
        }
        answer.clear();
        return answer;
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
