/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.nio.ByteBuffer;
import java.util.Locale;

/** Reads HTTP/1.1 answers with Content-Length out of whatever pieces arrive. Pure. */
final class AnswerReader {
    private static final int HEAD_MOST = 8192;

    private final StringBuilder head = new StringBuilder();
    private boolean inBody;
    private long missing;
    private int status;

    /**
     * Takes bytes until an answer is whole or none are left.
     *
     * @return the status of an answer that is now whole; 0 if more bytes are needed; -1 if this is no HTTP
     */
    int take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (!inBody) {
                head.append((char) (bytes.get() & 0xff));
                if (head.length() > HEAD_MOST) {
                    return -1;
                }
                if (endsHead() && !parseHead()) {
                    return -1;
                }
            } else {
                int skipped = (int) Math.min(missing, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                missing -= skipped;
            }
            if (inBody && missing == 0) {
                inBody = false;
                head.setLength(0);
                return status;
            }
        }
        return 0;
    }

    private boolean endsHead() {
        int n = head.length();
        return n >= 4 && head.charAt(n - 1) == '\n' && head.substring(n - 4).equals("\r\n\r\n");
    }

    private boolean parseHead() {
        String text = head.toString().toLowerCase(Locale.ROOT);
        if (!text.matches("(?s)http/1\\.[01] [1-5][0-9]{2}[ \r].*")) {
            return false;
        }
        status = Integer.parseInt(text.substring(9, 12));
        missing = 0;
        int at = text.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            String length =
                    text.substring(at + 17, text.indexOf("\r\n", at + 2)).strip();
            if (!length.matches("[0-9]{1,9}")) {
                return false;
            }
            missing = Long.parseLong(length);
        }
        inBody = true;
        return true;
    }
}
