/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The slots of refused connections, and who has which: free, handed in for the I/O thread, or answered and leaving.
 * All under one lock, held for a few instructions; between accepting threads and the I/O thread. Any thread.
 */
final class RefusalPool {
    private final Object lock = new Object();
    // Guarded by the lock, all of them:
    private final RefusedClient[] free;
    private final RefusedClient[] incoming;
    private int freeCount;
    private int incomingCount;
    /** Answered by an accepting thread, not registered with the selector. */
    private final ArrayDeque<RefusedClient> leaving;
    /** Null while an accepting thread has it: another one leaves all to the I/O thread then. */
    private @Nullable ReplyWriter writer = new ReplyWriter();
    /** Somebody joined those who leave since the I/O thread went to sleep. */
    private boolean joined;
    /** The I/O thread sleeps no longer than it takes to leave soon. */
    private boolean dozing;

    private boolean open;
    /** Written under the lock; descriptors, not slots: it falls after the flush. */
    private final AtomicInteger held = new AtomicInteger();

    RefusalPool(int slots, GuardView view, Poller poller) {
        free = new RefusedClient[slots];
        incoming = new RefusedClient[slots];
        leaving = new ArrayDeque<>(slots);
        for (int i = 0; i < slots; i++) {
            free[freeCount++] = new RefusedClient(view, poller);
        }
    }

    /** From now on there is a thread to serve it. */
    void open() {
        synchronized (lock) {
            open = true;
        }
    }

    boolean isOpen() {
        synchronized (lock) {
            return open;
        }
    }

    /** Descriptors held. */
    int size() {
        return held.get();
    }

    /** For the accepting thread that comes first; null: another one has it. */
    @Nullable ReplyWriter takeWriter() {
        synchronized (lock) {
            ReplyWriter taken = writer;
            writer = null;
            return taken;
        }
    }

    void giveWriter(ReplyWriter taken) {
        synchronized (lock) {
            writer = taken;
        }
    }

    /** A free client; null: there is none, or so many are held. */
    @Nullable RefusedClient take(int most) {
        synchronized (lock) {
            if (!open || held.get() >= most) {
                return null;
            }
            held.incrementAndGet();
            return free[--freeCount];
        }
    }

    /** How many were answered and are not gone yet. */
    int leaving() {
        synchronized (lock) {
            return leaving.size();
        }
    }

    /** The caller's until {@link #handOver}. */
    @Nullable RefusedClient nextLeaving() {
        synchronized (lock) {
            return leaving.poll();
        }
    }

    /** To whom it concerns next. True: the I/O thread is to be woken up. */
    boolean handOver(RefusedClient client) {
        boolean wake = false;
        synchronized (lock) {
            if (!open) {
                client.broken();
            }
            if (client.closed()) {
                // Never registered: its descriptor is free already.
                free[freeCount++] = client;
                held.decrementAndGet();
            } else if (client.answered()) {
                leaving.add(client);
                joined = true;
                wake = !dozing;
                dozing = true;
            } else {
                incoming[incomingCount++] = client;
                wake = true;
            }
        }
        return wake;
    }

    /**
     * Moves what was handed in, the first first, and who did not leave soon, behind the active ones. Returns their
     * number.
     */
    int takeOver(RefusedClient[] active, int activeCount, int most, long soon, long now) {
        int count = activeCount;
        synchronized (lock) {
            int taken = Math.min(most, incomingCount);
            System.arraycopy(incoming, 0, active, count, taken);
            count += taken;
            incomingCount -= taken;
            System.arraycopy(incoming, taken, incoming, 0, incomingCount);
            for (int i = leaving.size(); i > 0; i--) {
                RefusedClient client = leaving.remove();
                if (taken < most && client.soonLeft(now, soon) <= 0) {
                    active[count++] = client;
                    taken++;
                } else {
                    leaving.add(client);
                }
            }
        }
        return count;
    }

    /** Nanoseconds until something is to be taken over; {@link Long#MAX_VALUE}: nothing is here. */
    long untilNext(long soon, long now) {
        long next = Long.MAX_VALUE;
        synchronized (lock) {
            if (incomingCount > 0) {
                return 0;
            }
            for (RefusedClient client : leaving) {
                next = Math.min(next, client.soonLeft(now, soon));
            }
            if (joined) {
                // More will come: one who looks again costs less than each who wakes.
                next = Math.min(next, soon);
                joined = false;
            }
            dozing = next <= soon;
        }
        return next;
    }

    /** Frees the closed ones among the active. Returns how many are left, in the first slots. */
    int giveBack(RefusedClient[] active, int activeCount) {
        int kept = 0;
        for (int i = 0; i < activeCount; i++) {
            if (!active[i].closed()) {
                kept++;
            }
        }
        if (kept == activeCount) {
            return kept;
        }
        synchronized (lock) {
            int to = 0;
            for (int i = 0; i < activeCount; i++) {
                if (active[i].closed()) {
                    free[freeCount++] = active[i];
                } else {
                    active[to++] = active[i];
                }
            }
            held.addAndGet(to - activeCount);
            return to;
        }
    }

    /** Takes nobody any more; those who leave become active. Returns the number of these. */
    int shut(RefusedClient[] active, int activeCount) {
        int count = activeCount;
        synchronized (lock) {
            open = false;
            while (!leaving.isEmpty()) {
                active[count++] = leaving.remove();
            }
        }
        return count;
    }
}
