package io.tcpguard.internal.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One place for a connection to the health or agent port: one question, one answer, one bound on the time. Reused. */
final class HealthConnection implements Ready {
    /** After its answer the client may close first, which leaves the TIME_WAIT on its side. Some read to the end, so not for long. */
    private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(20);

    private static final byte TLS_HANDSHAKE = 0x16;
    private static final int READS = 4;

    private enum State {
        FREE,
        READING,
        WRITING,
        /** Answered; what still comes is thrown away until the client closes. */
        WAITING
    }

    private final HealthListener listener;
    private final ByteBuffer in = ByteBuffer.allocate(HttpRequest.LONGEST);
    private State state = State.FREE;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable InetAddress peer;
    private @Nullable ByteBuffer out;
    private boolean ended;
    private boolean shut;
    private long since;
    private long answered;

    HealthConnection(HealthListener listener) {
        this.listener = listener;
    }

    /** Takes the connection. If this throws, {@link #broken} must follow. */
    void begin(SocketChannel c, boolean agent, long now) throws IOException {
        channel = c;
        since = now;
        ended = false;
        shut = false;
        out = null;
        in.clear();
        state = State.READING;
        InetAddress from = ((InetSocketAddress) c.getRemoteAddress()).getAddress();
        peer = from;
        key = listener.poller().register(c, SelectionKey.OP_READ, this);
        if (agent) {
            answer(listener.agentAnswer(from, now), now);
        } else {
            ready(now);
        }
    }

    @Override
    public void ready(long now) throws IOException {
        SocketChannel c = channel;
        if (c == null) {
            return;
        }
        switch (state) {
            case READING -> read(c, now);
            case WRITING -> write(c, now);
            case WAITING -> discard(c);
            case FREE -> {}
        }
    }

    /** Does what is due by the clock. */
    void expire(long now) {
        if (free() || left(now) > 0) {
            return;
        }
        SocketChannel c = channel;
        try {
            if (c != null && now - since < listener.timeout()) {
                shut = true;
                c.shutdownOutput();
                discard(c);
                return;
            }
            if (state == State.READING && in.position() > 0) {
                answer(HealthAnswer.error(HttpRequest.refused(408), 408), now);
            }
            end();
        } catch (IOException e) {
            broken();
        }
    }

    /** Nanoseconds until {@link #expire} has something to do. */
    long left(long now) {
        if (free()) {
            return Long.MAX_VALUE;
        }
        long whole = listener.timeout() - (now - since);
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
        end();
    }

    /** Frees the place; the descriptor is free after the next flush. */
    void end() {
        if (channel != null) {
            listener.giveBack(channel);
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
        HttpRequest request = HttpRequest.parse(in.array(), in.position(), ended);
        InetAddress from = peer;
        if (request != null && from != null) {
            answer(listener.answer(request, from, now), now);
        }
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
            ByteBuffer scratch = listener.scratch();
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
