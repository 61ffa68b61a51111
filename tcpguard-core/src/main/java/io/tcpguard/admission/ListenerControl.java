package io.tcpguard.admission;

/** What the guard asks an adapter about its listening socket. */
@FunctionalInterface
public interface ListenerControl {
    /**
     * Whether the socket is bound and its acceptor runs. Called by the sampler thread in each cycle; must not block, open or allocate.
     */
    boolean accepting();

    /** The backlog that was asked for in {@code listen(2)}; 0, the default: not known. Asked once, when the listener comes under guard. */
    default int backlog() {
        return 0;
    }
}
