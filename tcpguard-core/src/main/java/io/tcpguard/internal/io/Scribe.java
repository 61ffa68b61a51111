package io.tcpguard.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads requests that are refused and has the answers to them. For one thread at a time. */
final class Scribe {
    static final int LONGEST_RETRY_AFTER = 120;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(8192);
    private final @Nullable ByteBuffer[] answers = new @Nullable ByteBuffer[LONGEST_RETRY_AFTER + 1];

    /** The answer, to be written from its start; made once for each number of seconds. */
    ByteBuffer answer(int retryAfterSeconds) {
        ByteBuffer answer = answers[retryAfterSeconds];
        if (answer == null) {
            byte[] text = ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + retryAfterSeconds
                            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            answer = ByteBuffer.allocateDirect(text.length).put(text);
            answers[retryAfterSeconds] = answer;
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
