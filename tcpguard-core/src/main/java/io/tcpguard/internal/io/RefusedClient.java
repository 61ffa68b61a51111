/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.Pacing;
import io.tcpguard.spi.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One refused connection on its way out. Reused. Of one thread at a time: first the accepting one, then, once it is
 * registered with the selector, the I/O thread.
 */
final class RefusedClient implements SelectionHandler {
    /**
     * So long a client may take for its request. Most have sent it when their connection is accepted, or a round trip
     * later.
     */
    private static final long FOR_REQUEST = TimeUnit.MILLISECONDS.toNanos(Pacing.REPLY_SILENCE_MILLIS);
    /** So long it may take to close after it was answered. */
    private static final long FOR_CLOSE = TimeUnit.MILLISECONDS.toNanos(Pacing.CLOSE_GRACE_MILLIS);
    /**
     * Either while accepting threads wait for a slot. An answer that the server closes first costs a TIME_WAIT, an
     * accept queue that overflows costs clients seconds.
     */
    private static final long FOR_REQUEST_IN_A_HURRY = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long FOR_CLOSE_IN_A_HURRY = TimeUnit.MILLISECONDS.toNanos(10);
    /** So many bytes at a time are an upload: its client has not read the answer yet. */
    private static final int UPLOAD = 4096;
    /** A longer head is answered without being read to its end. */
    private static final int LONGEST_HEAD = 16 * 1024;
    /** Reads in a row; then it is the others' turn. */
    private static final int READS = 4;

    /** Instead of the seconds: only closed, in an orderly way. */
    static final int SAYS_NOTHING = -1;

    private enum ReplyState {
        READING,
        WRITING,
        /** Answered; what the client still sends is thrown away until it closes. */
        WAITING,
        CLOSED
    }

    private final GuardView view;
    private final Poller poller;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable ReplyWriter replyWriter;
    private ReplyState state = ReplyState.CLOSED;
    private int retryAfterSeconds;
    private Refusal cause = Refusal.CONNECTIONS;
    /** It asks for the head only. */
    private boolean head;

    private int preface;

    private long since;
    /** When bytes of an upload came last, after the answer. */
    private long uploadedAt;

    private int received;
    private int written;
    private boolean ended;
    /** How much of the blank line that ends a head was seen: line ends in a row. */
    private int lineEnds;

    RefusedClient(GuardView view, Poller poller) {
        this.view = view;
        this.poller = poller;
    }

    void give(SocketChannel refused, int seconds, Refusal why, long now) {
        channel = refused;
        cause = why;
        head = false;
        preface = 0;
        retryAfterSeconds = seconds;
        since = now;
        uploadedAt = now;
        state = ReplyState.READING;
        received = 0;
        written = 0;
        lineEnds = 0;
        ended = false;
        key = null;
    }

    /** Does what can be done at once. */
    void look(ReplyWriter by, long now) {
        replyWriter = by;
        SocketChannel c = channel;
        if (c == null) {
            return;
        }
        try {
            if (state == ReplyState.READING && key == null) {
                c.configureBlocking(false);
            }
            ready(now);
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            broken(); // At the limit of descriptors the JDK throws Errors: no reason to cut an acceptor.
        }
    }

    /** The I/O thread takes over. */
    void begin(ReplyWriter by, long now) {
        // What there is to read is often here already, and then no registration is needed.
        look(by, now);
        SocketChannel c = channel;
        if (c == null) {
            return;
        }
        try {
            key = poller.register(c, state == ReplyState.WRITING ? SelectionKey.OP_WRITE : SelectionKey.OP_READ, this);
        } catch (IOException | RuntimeException e) {
            broken();
        }
    }

    @Override
    public void ready(long now) throws IOException {
        SocketChannel c = channel;
        ReplyWriter by = replyWriter;
        if (c == null || by == null) {
            return;
        }
        if (state == ReplyState.WRITING || (state == ReplyState.READING && retryAfterSeconds == SAYS_NOTHING)) {
            write(by, c, now);
        }
        for (int i = 0; i < READS && !closed() && !ended; i++) {
            int n = by.read(c);
            if (n < 0) {
                ended = true;
            } else if (n == 0) {
                break;
            } else if (state == ReplyState.WAITING) {
                uploadedAt = n >= UPLOAD ? now : uploadedAt;
            } else if (state == ReplyState.READING) {
                head |= received == 0 && by.bytes().get(0) == 'H';
                preface = Http2Preface.matched(by.bytes(), preface);
                received += n;
                if (headEnds(by.bytes()) || received >= LONGEST_HEAD) {
                    write(by, c, now);
                    break; // It takes a round trip until there is more to read.
                }
            }
        }
        if (ended && !closed()) {
            if (state == ReplyState.READING && received > 0) {
                write(by, c, now); // Half-closed in the middle of its request: it still listens.
            }
            if (state != ReplyState.WRITING) {
                end(false);
            }
        }
    }

    void expire(long now, boolean hurry) {
        if (closed() || left(now, hurry) > 0) {
            return;
        }
        try {
            ready(now); // What came in this moment: closing over unread bytes would be a reset.
            if (left(now, hurry) > 0) {
                return; // It is in the middle of an upload.
            }
            if (state == ReplyState.READING) {
                SocketChannel c = channel;
                ReplyWriter by = replyWriter;
                if (received > 0 && c != null && by != null) {
                    write(by, c, now);
                    if (hurry) {
                        end(view.mayReset()); // It is slow, whatever it has sent, and others wait for its slot.
                    }
                } else {
                    // It has sent nothing and can't be answered. An orderly close makes it send a FIN, which a director
                    // that sees
                    // one direction only needs to forget the connection.
                    end(view.mayReset());
                }
            } else if (!closed()) {
                end(view.mayReset());
            }
        } catch (IOException | RuntimeException e) {
            broken();
        }
    }

    /** Nanoseconds until this one has taken too long. */
    long left(long now, boolean hurry) {
        return switch (state) {
            case READING -> (hurry ? FOR_REQUEST_IN_A_HURRY : FOR_REQUEST) - (now - since);
            case WRITING -> (hurry ? FOR_CLOSE_IN_A_HURRY : FOR_CLOSE) - (now - since);
            case WAITING -> {
                long soon = FOR_CLOSE_IN_A_HURRY - (now - Math.max(since, uploadedAt));
                long late = FOR_CLOSE - (now - since);
                yield hurry ? Math.min(soon, late) : late;
            }
            case CLOSED -> Long.MAX_VALUE;
        };
    }

    /** Nanoseconds until its client did not close soon after the answer. */
    long soonLeft(long now, long soon) {
        return soon - (now - since);
    }

    /** Wholly; only its client's end is awaited. */
    boolean answered() {
        return state == ReplyState.WAITING;
    }

    boolean closed() {
        return state == ReplyState.CLOSED;
    }

    @Override
    public void broken() {
        if (!closed()) {
            end(false);
        }
    }

    private void write(ReplyWriter by, SocketChannel c, long now) throws IOException {
        if (retryAfterSeconds == SAYS_NOTHING) {
            c.shutdownOutput();
            since = now;
            state = ReplyState.WAITING;
            return;
        }
        ByteBuffer answer = preface == Http2Preface.TELLING ? by.goAway() : by.answer(retryAfterSeconds, cause, head);
        answer.position(written);
        c.write(answer);
        written = answer.position();
        if (state == ReplyState.READING) {
            since = now;
        }
        state = answer.hasRemaining() ? ReplyState.WRITING : ReplyState.WAITING;
        if (key != null) {
            key.interestOps(state == ReplyState.WRITING ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private void end(boolean reset) {
        SocketChannel c = channel;
        if (c != null) {
            if (reset) {
                NioConnection.resetWhenClosed(c);
            }
            if (key == null) {
                Quietly.close(c); // Its descriptor is free at once.
            } else {
                poller.close(c);
            }
        }
        channel = null;
        key = null;
        replyWriter = null;
        state = ReplyState.CLOSED;
    }

    private boolean headEnds(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '\n') {
                if (++lineEnds == 2) {
                    return true;
                }
            } else if (b != '\r') {
                lineEnds = 0;
            }
        }
        return false;
    }
}
