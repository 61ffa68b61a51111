/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.Refusal;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Refusals by an answer: the request is read, 503 is answered, and the client is waited for to close first, which
 * leaves the TIME_WAIT (RFC 9293, 3.6) on the client's side. A bounded number of slots; each is held for a bounded
 * time, shorter while others wait.
 *
 * <p>In a flood the request is here before its connection is accepted, and the client closes within a millisecond of
 * its answer. So the accepting thread answers by itself, and looks by the way whether those before have closed: no
 * selector, no other thread. Whom it can't answer at once, and who does not close soon, the I/O thread takes over.
 *
 * <p>{@link #refuse} is for accepting threads; all else belongs to the I/O thread.
 */
final class RefusalResponder {
    private static final GuardLog LOG = GuardLog.of(RefusalResponder.class);

    /** Slots at most, however much room there is. A slot costs about 100 bytes. */
    static final int SLOTS = 256;

    /** So long an accepting thread waits for a slot: the accept queue holds what comes meanwhile. */
    private static final long WAIT_FOR_PLACE = TimeUnit.MILLISECONDS.toNanos(50);

    /** Between two looks at who has closed, while it waits. */
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(100);

    /**
     * How many of those that were answered are checked at each refusal for whether their client has closed. It must
     * exceed one, or slow clients would make the list grow.
     */
    private static final int LOOKS = 4;

    /** So long after its answer the I/O thread takes over who is still here. */
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(10);

    private final Poller poller;
    private final GuardView view;
    private final NanoClock clock;

    /** As the I/O thread saw it last. */
    private volatile Refusal cause = Refusal.CONNECTIONS;

    private final RefusalPool pool;
    /** Accepting threads without a client. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** For answers to those without a client. Guarded by itself. */
    private final ReplyWriter inPassing = new ReplyWriter();

    // The I/O thread's own:
    private final ReplyWriter replyWriter = new ReplyWriter();
    private final RefusedClient[] active = new RefusedClient[SLOTS];
    private int activeCount;

    RefusalResponder(Poller poller, GuardView view, NanoClock clock) {
        this.poller = poller;
        this.view = view;
        this.clock = clock;
        pool = new RefusalPool(SLOTS, view, poller);
    }

    /** From now on there is a thread to serve it. */
    void open() {
        pool.open();
    }

    /** Any thread: see {@link IoThread#refuse}. */
    Admission refuse(SocketChannel channel, Admission decision, int retryAfterSeconds, int room, boolean mayWait) {
        if (!decision.refused()) {
            return decision;
        }
        int seconds = decision == Admission.RESPOND
                ? Math.max(0, Math.min(ReplyWriter.LONGEST_RETRY_AFTER, retryAfterSeconds))
                : RefusedClient.SAYS_NOTHING;
        if (decision != Admission.RESET && answer(channel, seconds, Math.min(room, SLOTS), mayWait)) {
            return decision;
        }
        if (decision == Admission.RESET || view.mayResetForWantOfRoom()) {
            NioConnection.resetWhenClosed(channel);
            Quietly.close(channel);
            return Admission.RESET;
        }
        sayInPassing(channel, decision == Admission.RESPOND, seconds);
        Quietly.close(channel);
        return Admission.CLOSE;
    }

    /**
     * No slot is left to wait for its end in, but for the answer itself none is needed: an empty send buffer takes it.
     */
    private void sayInPassing(SocketChannel channel, boolean answers, int seconds) {
        Refusal why = Refusal.of(view.snapshot());
        try {
            channel.configureBlocking(false);
            synchronized (inPassing) {
                // Over unread bytes the kernel would make a reset of the close (RFC 9293, 3.10.4).
                boolean http2 = inPassing.drain(channel);
                if (answers) {
                    channel.write(http2 ? inPassing.goAway() : inPassing.answer(seconds, why, false));
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("nobody hears it; the peer is gone", e);
        }
    }

    /** Descriptors held. Any thread. */
    int size() {
        return pool.size();
    }

    private boolean answer(SocketChannel channel, int retryAfterSeconds, int most, boolean mayWait) {
        ReplyWriter writer = pool.takeWriter();
        try {
            long now = clock.nanoTime();
            if (writer != null) {
                look(writer, LOOKS, true, now);
            }
            RefusedClient client = pool.take(most);
            if (client == null && mayWait) {
                client = awaitSlot(writer, most, now);
            }
            if (client == null) {
                return false;
            }
            client.give(channel, retryAfterSeconds, cause, now);
            if (writer != null) {
                client.look(writer, now);
            }
            handOver(client);
            return true;
        } finally {
            if (writer != null) {
                pool.giveWriter(writer);
            }
        }
    }

    private @Nullable RefusedClient awaitSlot(@Nullable ReplyWriter writer, int most, long since) {
        if (most <= 0 || !pool.isOpen()) {
            return null;
        }
        boolean waits = false;
        try {
            for (long now = since; now - since < WAIT_FOR_PLACE; now = clock.nanoTime()) {
                if (writer != null) {
                    look(writer, SLOTS, false, now);
                }
                RefusedClient client = pool.take(most);
                if (client != null || !pool.isOpen() || Thread.currentThread().isInterrupted()) {
                    return client;
                }
                if (!waits) {
                    waits = true;
                    waiting.incrementAndGet();
                    // Slow clients have less time now.
                    poller.wakeup();
                }
                LockSupport.parkNanos(LOOK_AGAIN);
            }
            return null;
        } finally {
            if (waits) {
                waiting.decrementAndGet();
            }
        }
    }

    /** Looks at those who leave, each once at most. */
    private void look(ReplyWriter reader, int most, boolean upToTheFirstThatStays, long now) {
        int looks = Math.min(most, pool.leaving());
        boolean stays = false;
        for (int i = 0; i < looks && !(stays && upToTheFirstThatStays); i++) {
            RefusedClient client = pool.nextLeaving();
            if (client == null) {
                return;
            }
            client.look(reader, now);
            stays = !client.closed();
            handOver(client);
        }
    }

    private void handOver(RefusedClient client) {
        if (pool.handOver(client)) {
            poller.wakeup();
        }
    }

    /**
     * Takes over what was handed in, the first first, and who did not leave soon; serves at once what has arrived
     * already.
     */
    void takeIn(long now, int most) {
        cause = Refusal.of(view.snapshot());
        int from = activeCount;
        activeCount = pool.takeOver(active, activeCount, most, SOON, now);
        for (int i = from; i < activeCount; i++) {
            active[i].begin(replyWriter, now);
        }
    }

    /** Ends what took too long. */
    void expire(long now, int most) {
        boolean hurry = waiting.get() > 0;
        int ended = 0;
        for (int i = 0; i < activeCount && ended < most; i++) {
            if (active[i].left(now, hurry) <= 0) {
                active[i].expire(now, hurry);
                ended++;
            }
        }
    }

    /** Nanoseconds until something is to be taken in or may expire; {@link Long#MAX_VALUE}: nothing is here. */
    long untilNext(long now) {
        long next = pool.untilNext(SOON, now);
        boolean hurry = waiting.get() > 0;
        for (int i = 0; i < activeCount; i++) {
            next = Math.min(next, active[i].left(now, hurry));
        }
        return next;
    }

    /** To be called after a flush: only now are the descriptors of closed slots free, and the slots with them. */
    void flushed() {
        activeCount = pool.giveBack(active, activeCount);
    }

    /** Takes nobody any more and closes all. The poller must be flushed, and {@link #flushed} called, after it. */
    void shut(long now) {
        activeCount = pool.shut(active, activeCount);
        takeIn(now, SLOTS);
        for (int i = 0; i < activeCount; i++) {
            active[i].broken();
        }
    }
}
