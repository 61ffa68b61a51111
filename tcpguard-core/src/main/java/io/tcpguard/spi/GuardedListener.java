/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One listening socket under guard. Got from {@code TcpGuard.listen}. */
public interface GuardedListener extends AutoCloseable {

    /**
     * Decides about a connection just accepted, against the exact number of descriptors open. At the admission
     * threshold this may evict the longest-idle connection to make room. Called on the accepting thread; allocates
     * nothing; never throws.
     *
     * @param source the peer's address ({@link NioConnection#sourceOf}); null if not known or not the client's
     * @return anything but {@link Admission#WAIT}
     */
    Admission accept(@Nullable InetAddress source);

    /**
     * The same for who can hold a connection without blocking others' work: the answer may be {@link Admission#WAIT}
     * too. Then take none from the accept queue meanwhile, remember its number ({@link #accepts}), and
     * {@link #askAgain} in a millisecond or two, until the answer is another, or {@link #giveUp}. None waits longer
     * than {@link io.tcpguard.config.Setting#QUEUE_WAIT}, in the queue and here together, as long as this is asked in
     * time: what a client waits before the kernel completes its connection is not seen.
     */
    Admission acceptOrWait(@Nullable InetAddress source);

    /**
     * How many connections it was asked about so far: the number of the newest, from 1. Each of several that wait in
     * the hands of several threads is judged by its own. Where another thread accepts between {@link #acceptOrWait} and
     * this, the number is that one's, which does no harm. Any thread, no lock.
     */
    long accepts();

    /**
     * Asks again about a connection that waits. Not counted as another accept.
     *
     * @param number its own
     */
    Admission askAgain(@Nullable InetAddress source, long number);

    /**
     * {@link #acceptOrWait} for a thread that accepts and may block: waits on it, with the connection in hand, until
     * the answer is another than {@link Admission#WAIT}. The thread accepts none meanwhile: they wait in the accept
     * queue, where they cost no descriptor. Several threads may do so.
     *
     * @param serving false: the listener stops, nobody may wait any longer
     * @return anything but {@link Admission#WAIT}
     */
    default Admission acceptBlocking(@Nullable InetAddress source, BooleanSupplier serving) {
        Admission decision = acceptOrWait(source);
        long number = decision == Admission.WAIT ? accepts() : 0;
        while (decision == Admission.WAIT) {
            LockSupport.parkNanos(Pacing.WAIT_MILLIS * 1_000_000);
            decision = serving.getAsBoolean() ? askAgain(source, number) : giveUp(number);
        }
        return decision;
    }

    /**
     * A connection that waits can't wait any longer, because its listener stops. Counted as a refusal. Any thread;
     * never throws.
     *
     * @param number its own
     * @return how it is refused
     */
    Admission giveUp(long number);

    /**
     * Tracks an admitted connection until it closes. Follows each {@link Admission#ADMIT}.
     *
     * @param source as given to {@link #accept}
     * @param closer how to evict it
     */
    ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer);

    /**
     * Refuses and closes a connection as {@link #accept} decided, for adapters that hold a plain NIO channel: a
     * reset, or an HTTP/1.1 503 with Retry-After that lets the client close first, from a bounded pool. May wait up
     * to 50 ms for a slot in it. The channel belongs to the guard from here on. Never throws.
     */
    void refuse(SocketChannel channel, Admission decision);

    /**
     * The {@code Retry-After} of an answer that refuses, in whole seconds: 1 or 2, spread so that the refused don't
     * come back together.
     */
    int retryAfterSeconds();

    /**
     * Watches how long work on this listener's connections waits in an executor: a probe task goes through it, never
     * more than one at a time. It must not be discarded: one that does not come back means that work is stuck. While
     * all executors of a listener are late its new connections are refused, and nobody else's. The same executor may
     * work for several listeners, and is watched once.
     *
     * @param name for people
     */
    WatchedWork watchWork(String name, Executor executor);

    /**
     * Whether a request on one of its connections may be worked on: refused ({@link Admission#RESPOND}) only while work
     * waits for so long in all executors of this listener that the client has gone. Peers in {@code allow} always may.
     * One volatile read as a rule.
     *
     * @param source the peer's address; null if not known
     */
    Admission admitRequest(@Nullable InetAddress source);

    /**
     * Whether a request that a proxy passes on may be worked on, by whose it is: while work is late, clients that are
     * known for good are served first ({@link Admission#RESPOND}: refused). To be asked once for each such request, and
     * only where the application itself trusts its peer, by its own valve, codec or setting: anybody can write a
     * header. Asked beside {@link #admitRequest}. Takes no lock; never throws. Default: it may.
     *
     * @param peer the proxy's address; null if not known
     * @param client its address as it was written; what is none is nobody's
     */
    default Admission admitForwarded(@Nullable InetAddress peer, CharSequence client) {
        return Admission.ADMIT;
    }

    /**
     * The same where all requests of a connection are one client's, who was told to its handle ({@link
     * ConnectionHandle#forwardedFor}): no text is read again. Without that: it may.
     */
    default Admission admitForwarded(@Nullable InetAddress peer, ConnectionHandle connection) {
        return Admission.ADMIT;
    }

    /**
     * {@link #admitRequest} for an adapter that answers who is refused: counts that.
     *
     * @param source the peer's address; null if not known
     * @return the {@code Retry-After} of the answer in seconds; 0: the request is worked on
     * @see Refusal#WORK
     */
    default int refuseRequest(@Nullable InetAddress source) {
        if (!admitRequest(source).refused()) {
            return 0;
        }
        countRefusedRequest();
        return retryAfterSeconds();
    }

    /**
     * Whether a connection that the server is about to close first may be closed by a reset, because slots for
     * TIME_WAIT are short. Takes it from the budget that all resets share, so ask only when about to close.
     */
    boolean mayReset();

    /**
     * Whether a refused connection may be held for its answer: a descriptor is free beside those that nobody may take.
     * By the kernel's count of now, since a snapshot may be as old as the sampler is late; costs that count. For an
     * adapter that answers by itself; {@link #refuse} looks for itself. Any thread, no lock.
     */
    default boolean roomForAnswer() {
        return true;
    }

    /** Counts a request that the adapter refused on an admitted connection. */
    void countRefusedRequest();

    /**
     * This listener is gone for good: it is watched no more. Its open connections stay tracked until they close.
     */
    @Override
    void close();
}
