package io.tcpguard.admission;

/**
 * What the guard asks an adapter about its listening socket. Called by the sampler thread in each cycle if nothing else is said, and
 * must then not block, open or allocate.
 */
@FunctionalInterface
public interface ListenerControl {
    /** Whether the socket is bound and its acceptor runs. */
    boolean accepting();

    /**
     * Whether none more is accepted only because as many connections are held as the server's own settings allow. A queue that waits is
     * then no sign of a dead acceptor: connections explain it. Default: false.
     */
    default boolean full() {
        return false;
    }

    /**
     * Connections held that were accepted without asking the guard, because the adapter has no way to: 0 or more. They count as clients',
     * not as a leak, and are never evicted. Default: 0, each has a {@link ConnectionHandle}.
     */
    default int unasked() {
        return 0;
    }

    /** The backlog that was asked for in {@code listen(2)}; 0, the default: not known. Asked once, when the listener comes under guard. */
    default int backlog() {
        return 0;
    }
}
