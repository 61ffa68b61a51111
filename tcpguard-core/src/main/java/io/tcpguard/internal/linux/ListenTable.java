package io.tcpguard.internal.linux;

/**
 * The rows of listening sockets at the head of {@code /proc/net/tcp} or {@code tcp6} (net/ipv4/tcp_ipv4.c, {@code
 * tcp4_seq_show}; tcp_ipv6.c): they come before all others, and their receive queue is the accept queue's depth.
 */
final class ListenTable {
    /** No listener on that port stood in the rows. */
    static final long NOT_FOUND = -1;

    /** The rows were cut before the last listener. */
    static final long CUT = -2;

    /** A row is not what the kernel writes. */
    static final long MALFORMED = -3;

    private static final int LISTEN = 0x0A;
    private static final byte[] HEADER = ProcText.ascii("  sl  local_address ");

    private final int addressDigits;
    private final ProcText text = new ProcText();

    private ListenTable(int addressDigits) {
        this.addressDigits = addressDigits;
    }

    static ListenTable ipv4() {
        return new ListenTable(8);
    }

    static ListenTable ipv6() {
        return new ListenTable(32);
    }

    /** The depth of the fullest accept queue on that port, or one of the constants above. */
    long depth(ProcFile file, int port) {
        text.over(file);
        if (!text.take(HEADER) || !text.nextLine()) {
            return MALFORMED;
        }
        long deepest = NOT_FOUND;
        while (!text.atEnd()) {
            int row = text.position();
            if (!text.nextLine()) {
                return file.cut() ? deepestOr(deepest, CUT) : MALFORMED;
            }
            int next = text.position();
            text.moveTo(row);
            long bound = localPort();
            long state = bound < 0 ? ProcText.NONE : state();
            long queue = state < 0 ? ProcText.NONE : receiveQueue();
            if (queue < 0) {
                return MALFORMED;
            }
            if (state != LISTEN) {
                return deepest;
            }
            if (bound == port) {
                deepest = Math.max(deepest, queue);
            }
            text.moveTo(next);
        }
        return file.cut() ? deepestOr(deepest, CUT) : deepest;
    }

    private static long deepestOr(long deepest, long other) {
        return deepest == NOT_FOUND ? other : deepest;
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
