/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/**
 * One admitted connection, as its adapter reports on it. All methods may be called from any thread, take no lock
 * ({@link #closed()} excepted) and allocate nothing.
 */
public interface ConnectionHandle {
    /**
     * Work begins: a whole request has arrived. Work may overlap (HTTP/2); each true answer needs one {@link #end()}.
     *
     * @return false if this connection is being closed to make room: drop the work
     */
    boolean begin();

    /** Work ended: the answer is written. The connection is idle from here on if nothing else is in progress. */
    void end();

    /**
     * Bytes arrived that are not (yet) a request. The idle time starts again; a silent connection is silent no more.
     */
    void touch();

    /**
     * Bytes that the server sent have left: the connection is in use, and is silent no more. Says nothing of how long
     * its client stays idle. Default: {@link #touch()}.
     */
    default void sent() {
        touch();
    }

    /**
     * Whether all that is in progress here waits for the client, who has begun a message and owes the rest: half a
     * body, a word that may not be a whole one; or takes no byte of what is sent. Such connections are spared as
     * those at work are, as long as they hold no more than a quarter of the slots. Where they hold more, they are
     * idle as long as they were not touched. May be said again and again. Default: not known, never so.
     */
    default void unfinished(boolean now) {}

    /**
     * Whether the connection gives its slot back with the answer that is about to begin, by {@code Connection: close}
     * or a GOAWAY: slots are scarce, others wait, and it has had its own for longer than healthy sessions last. To be
     * asked once for each answer; once true it stays true. The request is served. Default: never.
     */
    default boolean leaves() {
        return false;
    }

    /**
     * Its first request says that its client speaks for others: {@code X-Forwarded-For}, {@code Forwarded} or the PROXY
     * protocol. Anybody may say so; it counts only where nearly all connections are of a handful of addresses that do.
     * Default: ignored.
     */
    default void forwards() {}

    /**
     * The whole connection is of this client, as its peer says, whom the application trusts: a PROXY protocol header
     * that a decoder of the application's takes. What the connection does is remembered of the client, not of the peer.
     * Default: ignored.
     *
     * @param client its address as it was written; what is none is nobody's
     */
    default void forwardedFor(CharSequence client) {}

    /** This connection is never evicted from now on: upgraded to another protocol, or the application's own. */
    void exemptFromEviction();

    /** Whether work is in progress. */
    boolean working();

    /**
     * Takes the connection for a close by its adapter: from now on {@link #begin()} answers false, and the guard does
     * not evict it.
     *
     * @return false if work is in progress, it is {@linkplain #exemptFromEviction() kept}, or the guard evicts it
     *     already: then nothing changed
     */
    boolean claim();

    /** The connection is closed, by whomever. Counted once, however often it is said. */
    void closed();
}
