/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One slot for a connection to the health or agent port: one question, one answer, one bound on the time. Reused. */
final class HealthConnection implements SelectionHandler {
    /**
     * After its answer the client may close first, which leaves the TIME_WAIT on its side. Some read to the end, so not
     * for long.
     */
    private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long A_MOMENT = TimeUnit.MILLISECONDS.toNanos(1);
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final int READS = 4;

    private enum State {
        FREE,
        READING,
        WRITING,
        /** Answered; what still comes is thrown away until the client closes. */
        WAITING
    }

    /** Who gave the connection, and gets its descriptor back. */
    interface Owner {
        /** The connection is over; its channel is the owner's to close or to keep. */
        void giveBack(SocketChannel channel);
    }

    private final Poller poller;
    private final HealthRoutes routes;
    private final Owner owner;
    private final BareChecks bare;
    private final ByteBuffer scratch;
    private final long timeout;
    private final ByteBuffer in = ByteBuffer.allocate(HttpRequest.LONGEST);
    private final ByteBuffer bareOut = ByteBuffer.allocate(BareAnswer.LONGEST);
    private boolean agent;
    /** Out of memory in the middle of it. */
    private boolean starved;

    private long starvedAt;
    private State state = State.FREE;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable InetAddress peer;
    private @Nullable ByteBuffer out;
    private boolean ended;
    private boolean shut;
    private long since;
    private long answered;

    /**
     * @param bare shared, as scratch is
     * @param scratch for bytes that nobody wants; shared, of the same thread
     * @param timeout for question and answer together, in nanoseconds
     */
    HealthConnection(
            Poller poller, HealthRoutes routes, Owner owner, BareChecks bare, ByteBuffer scratch, long timeout) {
        this.poller = poller;
        this.routes = routes;
        this.owner = owner;
        this.bare = bare;
        this.scratch = scratch;
        this.timeout = timeout;
    }

    /** Takes the connection. If this throws, {@link #broken} must follow. */
    void begin(SocketChannel c, boolean isAgent, long now) throws IOException {
        channel = c;
        agent = isAgent;
        since = now;
        ended = false;
        shut = false;
        out = null;
        key = null;
        starved = false;
        in.clear();
        state = State.READING;
        ready(now);
    }

    @Override
    public void ready(long now) throws IOException {
        SocketChannel c = channel;
        if (c == null) {
            return;
        }
        try {
            if (key == null) {
                if (bare.answers(c, in, agent, now)) {
                    end();
                    return;
                }
                takeIn(c);
            }
            switch (state) {
                case READING -> readOrWrite(c, now);
                case WRITING -> write(c, now);
                case WAITING -> discard(c);
                case FREE -> {}
            }
            starved = false;
        } catch (OutOfMemoryError e) {
            // It comes again: whoever fills the heap frees some of it, too. The pause keeps the thread from spinning.
            starved = true;
            bare.noteShortage(now);
            starvedAt = now;
            LockSupport.parkNanos(A_MOMENT);
        }
    }

    private void takeIn(SocketChannel c) throws IOException {
        peer = ((InetSocketAddress) c.getRemoteAddress()).getAddress();
        key = poller.register(c, SelectionKey.OP_READ, this);
    }

    private void readOrWrite(SocketChannel c, long now) throws IOException {
        InetAddress from = peer;
        if (out != null) {
            write(c, now);
        } else if (agent && from != null) {
            try {
                out = ByteBuffer.wrap(routes.agentAnswer(from, now));
            } catch (OutOfMemoryError e) {
                out = bareAnswer();
            }
            write(c, now);
        } else {
            read(c, now);
        }
    }

    /** Does what is due by the clock. */
    void expire(long now) {
        if (free() || left(now) > 0) {
            return;
        }
        SocketChannel c = channel;
        try {
            if (starved) {
                if (now - since < timeout) {
                    ready(now);
                } else {
                    broken();
                }
                return;
            }
            if (c != null && now - since < timeout) {
                shut = true;
                c.shutdownOutput();
                discard(c);
                return;
            }
            if (state == State.READING && in.position() == 0) {
                // Memory or the processor may have been out, so that nobody has looked.
                bare.lastWord(c, in, agent);
            } else if (state == State.READING) {
                answer(HealthAnswer.error(HttpRequest.refused(408), 408), now);
            }
            end();
        } catch (IOException | OutOfMemoryError e) {
            broken();
        }
    }

    /** Nanoseconds until {@link #expire} has something to do. */
    long left(long now) {
        if (free()) {
            return Long.MAX_VALUE;
        }
        long whole = timeout - (now - since);
        if (starved) {
            return Math.min(whole, TRY_AGAIN - (now - starvedAt));
        }
        return state == State.WAITING && !shut ? Math.min(whole, GRACE - (now - answered)) : whole;
    }

    boolean free() {
        return state == State.FREE;
    }

    /** Has its answer: to close it harms nobody. */
    boolean answered() {
        return state == State.WAITING;
    }

    @Nullable InetAddress peer() {
        return peer;
    }

    long age(long now) {
        return now - since;
    }

    @Override
    public void broken() {
        bare.lastWord(starved && state == State.READING ? channel : null, in, agent);
        end();
    }

    /** Frees the slot; the descriptor is free after the next flush. */
    void end() {
        if (channel != null) {
            owner.giveBack(channel);
        }
        channel = null;
        key = null;
        peer = null;
        out = null;
        state = State.FREE;
    }

    private void read(SocketChannel c, long now) throws IOException {
        while (in.hasRemaining()) {
            int n = c.read(in);
            if (n <= 0) {
                ended = n < 0;
                break;
            }
        }
        if (in.position() == 0) {
            if (ended) {
                end();
            }
            return;
        }
        if (in.get(0) == TLS_HANDSHAKE) {
            end(); // Nothing that we could say would be understood.
            return;
        }
        try {
            HttpRequest request = HttpRequest.parse(in.array(), in.position(), ended);
            InetAddress from = peer;
            if (request == null || from == null) {
                return;
            }
            out = ByteBuffer.wrap(routes.answer(request, from, now));
        } catch (OutOfMemoryError e) {
            out = bareAnswer();
        }
        write(c, now);
    }

    private ByteBuffer bareAnswer() {
        bareOut.clear();
        routes.bareAnswer(bareOut, agent, in);
        return bareOut.flip();
    }

    private void answer(byte[] bytes, long now) throws IOException {
        out = ByteBuffer.wrap(bytes);
        SocketChannel c = channel;
        if (c != null) {
            write(c, now);
        }
    }

    private void write(SocketChannel c, long now) throws IOException {
        ByteBuffer rest = out;
        if (rest == null) {
            return;
        }
        c.write(rest);
        SelectionKey k = key;
        if (rest.hasRemaining()) {
            state = State.WRITING;
            if (k != null) {
                k.interestOps(SelectionKey.OP_WRITE);
            }
            return;
        }
        if (state == State.WRITING && k != null) {
            k.interestOps(SelectionKey.OP_READ);
        }
        out = null;
        answered = now;
        state = State.WAITING;
        if (ended) {
            end();
        } else {
            discard(c);
        }
    }

    /** Unread bytes would turn our close into a reset, which takes the answer back. */
    private void discard(SocketChannel c) throws IOException {
        for (int i = 0; i < READS; i++) {
            scratch.clear();
            int n = c.read(scratch);
            if (n < 0) {
                end();
                return;
            }
            if (n == 0) {
                return;
            }
        }
    }
}
