/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.internal.text.Plain;
import io.tcpguard.state.RefusalCounters.Rank;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Clients behind proxies that the application trusts, remembered by what their requests did, apart from who connects
 * here but in the same memory. Who asks in several minutes is known for good. While work is late, requests are refused
 * by rank: bad ones at once, unknown ones from half of {@code stalledAfter} on, by when most clients have given up and
 * somebody must go; known good ones not before all are. As at the accept queue, some of the others have a turn, and
 * where hardly anybody is known, or nobody known comes, all are equal. Any thread, no lock.
 */
final class ForwardedClients {
    private static final double MANY_KNOWN = 0.15;
    private static final double CLIENTS = 128;

    /** One unknown one has a turn for so many known good ones; a bad one for so many times as many. */
    private static final int TURN = 8;

    private static final int BAD_TURN = 32;
    private static final long LATELY = TimeUnit.SECONDS.toNanos(1);
    private static final Rank[] RANKS = Rank.values();

    private final SourceMemory memory;
    private final CoarseClock clock;
    private final long unknownFrom;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger badTurns = new AtomicInteger();
    private final AtomicLongArray served = new AtomicLongArray(RANKS.length);
    private final AtomicLongArray refused = new AtomicLongArray(RANKS.length);
    private volatile long goodAt;
    private volatile boolean goodEver;

    /** A lost update is one of {@link #CLIENTS}. */
    private volatile double known;

    ForwardedClients(SourceMemory memory, CoarseClock clock, long stalledAfterNanos) {
        this.memory = memory;
        this.clock = clock;
        unknownFrom = TimeUnit.NANOSECONDS.toMillis(stalledAfterNanos) / 2;
    }

    /**
     * A request came.
     *
     * @param client its address as the trusted proxy wrote it
     * @param lateMillis for how long work waits, while that is too long; negative: it is not
     * @return whether it is to be refused
     */
    boolean came(CharSequence client, long lateMillis) {
        return came(id(client), lateMillis);
    }

    /** The same of one whose address was read before. */
    boolean came(long id, long lateMillis) {
        if (id == 0) {
            return false;
        }
        if (lateMillis < 0) {
            asked(id);
            return false;
        }
        Rank rank = memory.rankOfClient(id);
        boolean refuse = refuses(rank, lateMillis);
        (refuse ? refused : served).incrementAndGet(rank.ordinal());
        if (refuse) {
            memory.retried(id);
        } else {
            memory.letIn(id);
        }
        return refuse;
    }

    private void asked(long id) {
        int seen = memory.asked(id);
        if (seen != SourceMemory.JUST_NOW) {
            came(seen == SourceMemory.KNOWN);
        }
    }

    private void came(boolean again) {
        double share = known;
        known = share + ((again ? 1 : 0) - share) / CLIENTS;
    }

    private boolean refuses(Rank rank, long lateMillis) {
        long now = clock.nanos();
        if (rank == Rank.KNOWN_GOOD) {
            goodCame(now);
            return false;
        }
        return rank == Rank.KNOWN_BAD
                ? !turn(badTurns, BAD_TURN)
                : lateMillis >= unknownFrom && known >= MANY_KNOWN && betterCome(now) && !turn(turns, TURN);
    }

    private void goodCame(long now) {
        if (!goodEver || now != goodAt) {
            goodAt = now;
            goodEver = true;
        }
        credit(turns, TURN);
        credit(badTurns, BAD_TURN);
    }

    private boolean betterCome(long now) {
        return goodEver && now - goodAt < LATELY;
    }

    private static void credit(AtomicInteger account, int turn) {
        if (account.get() < 2 * turn) {
            account.incrementAndGet();
        }
    }

    private static boolean turn(AtomicInteger account, int turn) {
        int now = account.get();
        return now >= turn && account.compareAndSet(now, now - turn);
    }

    /** To remember it by; 0 if that is no address. */
    static long id(CharSequence client) {
        SourceKey key = new SourceKey();
        return AddressText.read(client, key) ? key.id() | SourceMarks.CLIENT : 0;
    }

    /** A connection of this one came back with a second request, and its client ended it. */
    void finished(long client) {
        came(memory.finished(client));
    }

    /** A connection of this one never came back with a second request, and was evicted. */
    void sat(long client) {
        memory.sat(client);
    }

    boolean knownGood(long client) {
        return memory.rankOfClient(client) == Rank.KNOWN_GOOD;
    }

    boolean forget(long client) {
        return memory.forget(client);
    }

    /** Who was served and refused by rank while work was late, in words; empty if nobody was. */
    String shares() {
        StringBuilder text = new StringBuilder();
        long all = 0;
        for (Rank rank : RANKS) {
            long in = served.get(rank.ordinal());
            long out = refused.get(rank.ordinal());
            all += in + out;
            text.append(text.length() == 0 ? "" : ", ")
                    .append(Plain.words(rank))
                    .append(' ')
                    .append(in)
                    .append(" served and ")
                    .append(out)
                    .append(" refused");
        }
        return all == 0
                ? ""
                : "requests passed on by trusted proxies while work was late, by what their clients are known for: "
                        + text;
    }
}
