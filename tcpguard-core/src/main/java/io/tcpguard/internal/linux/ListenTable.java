/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

/**
 * The rows of listening sockets at the head of {@code /proc/net/tcp} or {@code tcp6} (net/ipv4/tcp_ipv4.c, {@code
 * tcp4_seq_show}; tcp_ipv6.c): they come before all others, and their receive queue is the accept queue's depth.
 */
final class ListenTable {
    /** Nothing listens on that port. */
    static final long NOT_FOUND = -1;

    /** The table could not be read as far as its last listener. */
    static final long CUT = -2;

    /** A row is not what the kernel writes. */
    static final long MALFORMED = -3;

    /** What one scan came to. */
    private enum End {
        LISTENERS_END,
        ROWS_END,
        ROW_TORN,
        NONSENSE
    }

    private static final int LISTEN = 0x0A;
    private static final byte[] HEADER = ProcText.ascii("  sl  local_address ");

    private final int addressDigits;
    private final ProcText text = new ProcText();
    private long deepest = NOT_FOUND;

    private ListenTable(int addressDigits) {
        this.addressDigits = addressDigits;
    }

    static ListenTable ipv4() {
        return new ListenTable(8);
    }

    static ListenTable ipv6() {
        return new ListenTable(32);
    }

    /** The depth of the fullest accept queue on that port, or one of the constants above. The file was just read. */
    long depth(ProcFile file, int port) {
        while (true) {
            End end = scan(file, port);
            if (end == End.NONSENSE) {
                return MALFORMED;
            }
            if (end == End.LISTENERS_END || (end == End.ROWS_END && deepest != NOT_FOUND)) {
                return deepest;
            }
            int more = file.readOn();
            if (more < 0) {
                return CUT;
            }
            if (more == 0) {
                return end == End.ROW_TORN ? MALFORMED : deepest;
            }
        }
    }

    private End scan(ProcFile file, int port) {
        deepest = NOT_FOUND;
        text.over(file);
        if (!text.take(HEADER) || !text.nextLine()) {
            return End.NONSENSE;
        }
        while (!text.atEnd()) {
            int row = text.position();
            if (!text.nextLine()) {
                return End.ROW_TORN;
            }
            int next = text.position();
            text.moveTo(row);
            long bound = localPort();
            long state = bound < 0 ? ProcText.NONE : state();
            long queue = state < 0 ? ProcText.NONE : receiveQueue();
            if (queue < 0) {
                return End.NONSENSE;
            }
            if (state != LISTEN) {
                return End.LISTENERS_END;
            }
            if (bound == port) {
                deepest = Math.max(deepest, queue);
            }
            text.moveTo(next);
        }
        return End.ROWS_END;
    }

    private long localPort() {
        text.takeBlanks();
        if (!text.takeDigits() || !text.take(':') || !text.take(' ')) {
            return ProcText.NONE;
        }
        return addressAndPort();
    }

    private long state() {
        return text.take(' ') && addressAndPort() >= 0 && text.take(' ') ? text.hex(2) : ProcText.NONE;
    }

    private long receiveQueue() {
        if (!text.take(' ') || text.hex(8) < 0 || !text.take(':')) {
            return ProcText.NONE;
        }
        long queue = text.hex(8);
        return text.endsWord() ? queue : ProcText.NONE;
    }

    private long addressAndPort() {
        for (int i = 0; i < addressDigits; i += 8) {
            if (text.hex(8) < 0) {
                return ProcText.NONE;
            }
        }
        return text.take(':') ? text.hex(4) : ProcText.NONE;
    }
}
