package io.tcpguard.internal.engine;

/** A guarded listener, as its adapter and the guard's own count describe it. Asked in each cycle. */
public interface Listening {
    /** Whether the socket is bound and its acceptor runs. */
    boolean accepting();

    /** How many connections it has accepted so far. */
    long accepts();

    /** Whether none more is accepted only because as many are held as the server's settings allow. */
    default boolean full() {
        return false;
    }

    /** Connections held that the guard was not asked about. */
    default int unasked() {
        return 0;
    }
}
