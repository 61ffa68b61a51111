package io.tcpguard.internal.io;

import io.tcpguard.signal.NanoClock;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Refuses connections politely: reads the request, answers 503, and waits for the client to close first, which leaves the TIME_WAIT
 * (RFC 9293, 3.6) on the client's side. A bounded number of places; each is held for a bounded time, shorter while others wait.
 *
 * <p>{@link #refuse} is for accepting threads; all else belongs to the I/O thread.
 */
final class RefusalDesk {
    /** Places at most, however much room there is. A place costs about 100 bytes. */
    static final int PLACES = 256;

    /** So long an accepting thread waits for a place: the accept queue holds what comes meanwhile. */
    private static final long WAIT_FOR_PLACE = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int LONGEST_RETRY_AFTER = 120;

    /** What the places share: the thread reads and writes one at a time. */
    final ByteBuffer scratch = ByteBuffer.allocateDirect(8192);

    private final @Nullable ByteBuffer[] answers = new @Nullable ByteBuffer[LONGEST_RETRY_AFTER + 1];
    private final Poller poller;
    private final IoThread.View view;
    private final NanoClock clock;

    private final Object lock = new Object();
    // Guarded by the lock, all of them:
    private final RefusalPlace[] free = new RefusalPlace[PLACES];
    private final RefusalPlace[] incoming = new RefusalPlace[PLACES];
    private int freeCount;
    private int incomingCount;
    private boolean open;
    /** Written under the lock; descriptors, not places: it falls after the flush. */
    private final AtomicInteger held = new AtomicInteger();
    /** Written under the lock. */
    private final AtomicInteger waiting = new AtomicInteger();

    // The I/O thread's own:
    private final RefusalPlace[] active = new RefusalPlace[PLACES];
    private int activeCount;

    RefusalDesk(Poller poller, IoThread.View view, NanoClock clock) {
        this.poller = poller;
        this.view = view;
        this.clock = clock;
        for (int i = 0; i < PLACES; i++) {
            free[freeCount++] = new RefusalPlace(this, poller);
        }
    }

    /** From now on there is a thread to serve it. */
    void open() {
        synchronized (lock) {
            open = true;
        }
    }

    /** Any thread: see {@link IoThread#refuse}. */
    Admission refuse(SocketChannel channel, Admission decision, int retryAfterSeconds, int room) {
        if (!decision.refused()) {
            return decision;
        }
        if (decision == Admission.RESPOND
                && handOver(channel, Math.max(0, Math.min(LONGEST_RETRY_AFTER, retryAfterSeconds)), room)) {
            poller.wakeup();
            return Admission.RESPOND;
        }
        Quietly.resetOnClose(channel);
        Quietly.close(channel);
        return Admission.RESET;
    }

    /** Descriptors held. Any thread. */
    int size() {
        return held.get();
    }

    private boolean handOver(SocketChannel channel, int retryAfterSeconds, int room) {
        int most = Math.min(room, PLACES);
        synchronized (lock) {
            if (!open || most <= 0) {
                return false;
            }
            if (held.get() >= most && !awaitPlace(most)) {
                return false;
            }
            RefusalPlace place = free[--freeCount];
            place.give(channel, retryAfterSeconds);
            incoming[incomingCount++] = place;
            held.incrementAndGet();
            return true;
        }
    }

    private boolean awaitPlace(int most) {
        long until = clock.nanoTime() + WAIT_FOR_PLACE;
        waiting.incrementAndGet();
        // Those who dawdle must hurry up now.
        poller.wakeup();
        try {
            while (open && held.get() >= most) {
                long left = until - clock.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return open;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Takes over what was handed in since the last call, and serves at once what has arrived already. */
    void takeIn(long now) {
        int from = activeCount;
        synchronized (lock) {
            System.arraycopy(incoming, 0, active, activeCount, incomingCount);
            activeCount += incomingCount;
            incomingCount = 0;
        }
        for (int i = from; i < activeCount; i++) {
            active[i].begin(now);
        }
    }

    /** Ends what took too long. */
    void expire(long now) {
        boolean hurry = waiting.get() > 0;
        for (int i = 0; i < activeCount; i++) {
            active[i].expire(now, hurry);
        }
    }

    /** Nanoseconds until something is to be taken in or may expire; {@link Long#MAX_VALUE}: nothing is here. */
    long untilNext(long now) {
        synchronized (lock) {
            if (incomingCount > 0) {
                return 0;
            }
        }
        boolean hurry = waiting.get() > 0;
        long next = Long.MAX_VALUE;
        for (int i = 0; i < activeCount; i++) {
            next = Math.min(next, active[i].left(now, hurry));
        }
        return next;
    }

    /** To be called after a flush: only now are the descriptors of closed places free, and the places with them. */
    void flushed() {
        int kept = 0;
        int closed = 0;
        for (int i = 0; i < activeCount; i++) {
            if (!active[i].closed()) {
                kept++;
            }
        }
        if (kept == activeCount) {
            return;
        }
        synchronized (lock) {
            int to = 0;
            for (int i = 0; i < activeCount; i++) {
                if (active[i].closed()) {
                    free[freeCount++] = active[i];
                    closed++;
                } else {
                    active[to++] = active[i];
                }
            }
            activeCount = to;
            held.addAndGet(-closed);
            lock.notifyAll();
        }
    }

    /** Takes nobody any more and closes all. The poller must be flushed, and {@link #flushed} called, after it. */
    void shut(long now) {
        synchronized (lock) {
            open = false;
            lock.notifyAll();
        }
        takeIn(now);
        for (int i = 0; i < activeCount; i++) {
            active[i].broken();
        }
    }

    boolean resetsOnly() {
        return view.snapshot().resetsOnly();
    }

    /** The answer, to be written from its start; made once for each number of seconds. */
    ByteBuffer answer(int retryAfterSeconds) {
        ByteBuffer answer = answers[retryAfterSeconds];
        if (answer == null) {
            answer = ByteBuffer.wrap(("HTTP/1.1 503 Service Unavailable\r\nRetry-After: " + retryAfterSeconds
                            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            answers[retryAfterSeconds] = answer;
        }
        answer.clear();
        return answer;
    }

    /** Reads what there is into the scratch buffer, ready to be looked at; the number of bytes, or -1 at the end. */
    int read(SocketChannel channel) throws IOException {
        scratch.clear();
        int n = channel.read(scratch);
        scratch.flip();
        return n;
    }
}
