/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

/**
 * What the guard asks an adapter about its listening socket. Called by the sampler thread in each cycle if nothing else
 * is said, and must then not block, open or allocate.
 */
@FunctionalInterface
public interface ListenerControl {
    /** Whether the socket is bound and its acceptor runs. */
    boolean accepting();

    /**
     * Whether what is accepted is also served: false if nothing is done for connections although it is due, since a
     * thread has died, none can be made, or one spins. Never false only because nobody asks for anything. Default:
     * true, nothing is known.
     */
    default boolean serving() {
        return true;
    }

    /**
     * Whether none more is accepted only because as many connections are held as the server's own settings allow. A
     * queue that waits is then no sign of a dead acceptor: connections explain it. Default: false.
     */
    default boolean full() {
        return false;
    }

    /**
     * Connections held that were accepted without asking the guard, because the adapter has no way to: 0 or more. They
     * count as clients', not as a leak, and are never evicted. Default: 0, each has a {@link ConnectionHandle}.
     */
    default int untrackedConnections() {
        return 0;
    }

    /**
     * As many connections as the server's own settings let this listener hold at a time; -1, the default: any number.
     * The guard makes room or refuses at that number, so the server must accept one more and be asked. It may change at
     * run time.
     */
    default int maxConnections() {
        return -1;
    }

    /**
     * What a connection costs of the heap, in bytes: roughly, idle, and rather more than less. The maximum heap by the
     * greatest of all listeners is how many connections memory is thought to bear. Default: 32 KiB.
     */
    default int heapPerConnection() {
        return 32 * 1024;
    }

    /**
     * Whether the guard is asked about new connections; if not, their limit is only reported. Default: true. Asked
     * once.
     */
    default boolean asksForEach() {
        return true;
    }

    /**
     * The backlog that was asked for in {@code listen(2)}; 0, the default: not known. Asked once, when the listener
     * comes under guard.
     */
    default int backlog() {
        return 0;
    }

    /**
     * Whether the kernel chose the port (bind(2) with port 0), so that nobody needs the same one after a restart.
     * Default: false, it was set. Asked once, when the listener comes under guard.
     */
    default boolean anyPort() {
        return false;
    }

    /**
     * Asked when a connection is about to be refused by an answer ({@link io.tcpguard.state.Admission#RESPOND}):
     * whether the adapter can answer it. If not, the decision is {@link io.tcpguard.state.Admission#CLOSE}. Called by
     * the accepting thread, once for each such decision, so an adapter may take the slot here that the answer needs.
     * Must not block or allocate. Default: true.
     */
    default boolean canAnswer() {
        return true;
    }

    /**
     * Work waits too long for a thread: ends the requests that hold one while their client neither takes a byte of the
     * answer nor sends one of the request, those that stand still longest first, by closing their connection. Called by
     * the sampler thread ten times a second while work waits too long, so an adapter learns from one call to the next
     * what stands still; must not block.
     *
     * @param patienceNanos none that stood still for less is ended
     * @param most how many may be ended by this call
     * @param how by a reset, or by an orderly close where a reset would do harm
     * @return how many were; the default, 0, suits servers whose threads wait for no client
     */
    default int endStalledWork(long patienceNanos, int most, Closing how) {
        return 0;
    }

    /**
     * Slots are scarce: has each connection say whether its client takes no byte of what is sent to it
     * ({@link ConnectionHandle#unfinished}), and notes those that do as in use ({@link ConnectionHandle#sent}), from
     * one call to the next. Called by a thread of the guard, once a second at most; must not block. Default: nothing,
     * for adapters that say it by themselves.
     */
    default void noteBlockedWrites() {}

    /**
     * Slots are scarce: ends connections whose client is gone and that nobody reads from, so that nobody else finds
     * out: asynchronous requests, streams of events, upgraded ones. The application hears what it would hear of a
     * broken connection. Called by a thread of the guard, once a second at most; must not block. Default: nothing, for
     * adapters that notice by themselves.
     *
     * @param peers may be asked during this call only
     */
    default void endGone(GonePeers peers) {}
}
