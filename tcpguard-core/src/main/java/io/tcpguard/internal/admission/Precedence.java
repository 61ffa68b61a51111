/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.RefusalCounters.Rank;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * While slots are scarce, known good sources come first, then unknown ones, then bad ones: only who is in hand can be
 * held or refused, the order of the accept queue is the kernel's. So who is of less worth does not wait there, which
 * would hold up those behind it. A few of them do all the same, in turn, or a long overload would shut new clients out
 * for good. Where nobody better comes, all are equal. Any thread; an estimate where several accept at once.
 */
final class Precedence {
    private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(500);

    /** Where fewer are known, as after a start, being unknown tells nothing. */
    private static final double MANY_KNOWN = 0.15;

    /** One of those below gets a turn for so many of those above. */
    private static final int GOOD_TO_UNKNOWN = 8;

    private static final int BETTER_TO_BAD = 32;

    /** Of the slots, at most, are kept for better ones that come within half a second. */
    private static final int KEPT_PART = 32;

    private final SourceHistory history;
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger better = new AtomicInteger();
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicInteger unknownsDue = new AtomicInteger();
    private final AtomicInteger badDue = new AtomicInteger();
    private volatile int goodBefore;
    private volatile int betterBefore;
    private volatile int allBefore;
    private volatile long since;
    private volatile boolean begun;

    Precedence(SourceHistory history) {
        this.history = history;
    }

    /** One of this rank was admitted or refused while slots are scarce. */
    void decided(Rank rank, boolean admitted, long now) {
        roll(now);
        all.incrementAndGet();
        if (rank != Rank.KNOWN_BAD) {
            better.incrementAndGet();
        }
        if (rank == Rank.KNOWN_GOOD) {
            good.incrementAndGet();
        }
        if (!admitted) {
            return;
        }
        history.admitted(rank);
        if (rank != Rank.KNOWN_BAD) {
            credit(badDue, 1, BETTER_TO_BAD);
        }
        if (rank == Rank.KNOWN_GOOD) {
            credit(unknownsDue, 1, GOOD_TO_UNKNOWN);
        } else {
            credit(rank == Rank.UNKNOWN ? unknownsDue : badDue, -due(rank), due(rank));
        }
    }

    private static int due(Rank rank) {
        return rank == Rank.UNKNOWN ? GOOD_TO_UNKNOWN : BETTER_TO_BAD;
    }

    private static void credit(AtomicInteger account, int more, int most) {
        account.set(Math.max(0, Math.min(2 * most, account.get() + more)));
    }

    /**
     * Whether the slots that are free are for better ones, who come in the next half second.
     *
     * @param free slots left
     * @param limit slots in all
     */
    boolean standsBack(Rank rank, long free, long limit, long now) {
        if (rank == Rank.KNOWN_GOOD || hasATurn(rank)) {
            return false;
        }
        roll(now);
        int expected = rank == Rank.KNOWN_BAD
                ? Math.max(betterBefore, better.get())
                : manyKnown() ? Math.max(goodBefore, good.get()) : 0;
        return expected > 0 && free < Math.min(expected, Math.max(1, limit / KEPT_PART));
    }

    private boolean manyKnown() {
        return history.knownShare() >= MANY_KNOWN;
    }

    private boolean hasATurn(Rank rank) {
        return rank == Rank.UNKNOWN ? unknownsDue.get() >= GOOD_TO_UNKNOWN : badDue.get() >= BETTER_TO_BAD;
    }

    /**
     * Whether it gets no reset, since at least as many others come who can have one: a reset is a word to the director,
     * whoever pays for it.
     */
    boolean sparedFromReset(Rank rank, long now) {
        roll(now);
        int known = goodBefore + good.get();
        return rank == Rank.KNOWN_GOOD && known > 0 && allBefore + all.get() >= 2 * known;
    }

    /** Whether it may be held until there is a slot. */
    boolean mayWait(Rank rank, long now) {
        roll(now);
        return switch (rank) {
            case KNOWN_GOOD -> true;
            case UNKNOWN -> !manyKnown() || hasATurn(rank);
            case KNOWN_BAD -> betterBefore + better.get() == 0 || hasATurn(rank);
        };
    }

    private void roll(long now) {
        long age = now - since;
        if (age >= WINDOW || !begun) {
            begun = true;
            boolean late = age >= 2 * WINDOW;
            goodBefore = late ? 0 : good.get();
            betterBefore = late ? 0 : better.get();
            allBefore = late ? 0 : all.get();
            good.set(0);
            better.set(0);
            all.set(0);
            since = now;
        }
    }
}
