/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.RefusalCounters.Rank;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the connections of each source did, and the requests of each client behind a trusted proxy, in one word of 64
 * bits each: a table of sets of eight, without locks. It begins with 8 KiB and grows to 16 MiB for a million, which it
 * does not pass: who is least known for good, and for the longest time, is forgotten first. Marks fade by the minute:
 * one session that ended well is remembered for 12 minutes, many for an hour; one connection that was idle until
 * evicted for five minutes, many for a quarter of an hour; refusals for a minute or three.
 *
 * <p>An estimate with bounded errors. Two sources are taken for one if 35 bits of their hashes agree: among a million,
 * for 30 in a million who ask. The hash has a seed of its own in each process. A mark is lost if two threads mark in
 * the same set at once again and again, or while the table grows. Marking and asking allocate nothing.
 */
final class SourceMemory {
    /** Words, at most: in sets of eight, room for a million. */
    static final int MOST = 1 << 21;

    static final int LEAST = 1 << 10;

    private static final int WAYS = 8;
    private static final int ATTEMPTS = 4;

    /** Grown when it is fuller than this: sets of eight are then full by chance in one of twenty. */
    private static final double FULL = 0.5;

    private static final int GROWTH = 4;

    /** Minutes for which one session that ended well is remembered. */
    private static final int FINISHED = 12;

    /** Minutes for which one connection that was idle until evicted is remembered. */
    private static final int SAT = 5;

    /**
     * Of a network. Its count stops at fifteen and falls by one a minute. New connections from there are bad while it
     * is at fifteen and nothing good is known: after fifteen within a minute, or thirty within a quarter of an hour.
     */
    private static final int SAT_IN_NETWORK = 1;

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final CoarseClock clock;
    private volatile AtomicLongArray words = new AtomicLongArray(LEAST);

    // Of the sampler thread: how far it has swept, and what it has met on the way.
    private int swept;
    private int metGood;
    private int metBad;
    private int metAll;
    private volatile int good;
    private volatile int bad;
    private volatile int all;

    SourceMemory(CoarseClock clock) {
        this.clock = clock;
    }

    /** What this source is known for. */
    Rank rank(long source) {
        return SourceMarks.rank(find(source));
    }

    /** Whether so many of this network sat, and nothing good is known of it, that whoever is not known in it is bad. */
    boolean badNetwork(long network) {
        return SourceMarks.badNetwork(find(network));
    }

    /** A session came back with a second request and ended by itself. Whether something good was known before. */
    boolean finished(long source) {
        return SourceMarks.good(mark(source, FINISHED, 0, 0)) > 0;
    }

    /** Answers of {@link #asked}: of this minute, so nothing changed; new; known for good before; neither. */
    static final int JUST_NOW = 0;

    static final int NEW = 1;
    static final int KNOWN = 2;
    static final int SEEN_BEFORE = 3;

    /**
     * A client behind a proxy asked. Who asks in a later minute than before, and did nothing bad meanwhile, comes back,
     * as users do.
     */
    int asked(long client) {
        AtomicLongArray table = words;
        int at = indexOf(table, client);
        long word = at < 0 ? 0 : table.get(at);
        if (!SourceMarks.of(word, client)) {
            mark(client, SourceMarks.SEEN, 0, 0);
            return NEW;
        }
        long minute = minute();
        if (SourceMarks.isOf(word, minute)) {
            return JUST_NOW;
        }
        long now = SourceMarks.aged(word, minute);
        if (SourceMarks.sat(now) == 0) {
            mark(client, now == 0 ? SourceMarks.SEEN : FINISHED, 0, 0);
        }
        return SourceMarks.rankOfClient(now) == Rank.KNOWN_GOOD ? KNOWN : SEEN_BEFORE;
    }

    /** What a client behind a proxy is known for. */
    Rank rankOfClient(long client) {
        return SourceMarks.rankOfClient(find(client));
    }

    /** A connection never came back with a second request, and was evicted. */
    void sat(long source) {
        mark(source, 0, SAT, 0);
    }

    /** One of this network. */
    void satInNetwork(long network) {
        mark(network, 0, SAT_IN_NETWORK, 0);
    }

    /** Its connection was refused. */
    void retried(long source) {
        mark(source, 0, 0, 1);
    }

    /** Its connection was admitted: refusals before count no more. */
    void letIn(long source) {
        AtomicLongArray table = words;
        int at = indexOf(table, source);
        if (at >= 0) {
            long word = table.get(at);
            if (SourceMarks.of(word, source) && SourceMarks.retries(word) > 0) {
                long minute = minute();
                table.compareAndSet(at, word, SourceMarks.withoutRetries(SourceMarks.aged(word, minute), minute));
            }
        }
    }

    /** Forgets all about it. Whether there was anything. */
    boolean forget(long source) {
        AtomicLongArray table = words;
        boolean known = find(source) != 0;
        for (int at = indexOf(table, source); at >= 0; at = indexOf(table, source)) {
            table.set(at, 0);
        }
        return known;
    }

    /** Sources known for good, for bad, and in all with clients behind trusted proxies, as of the last sweep. */
    int good() {
        return good;
    }

    int bad() {
        return bad;
    }

    int size() {
        return all;
    }

    int capacity() {
        return words.length();
    }

    /**
     * Forgets who has faded, and makes room if most of it is taken. The sampler calls it once a second: a whole
     * round of a million takes a minute.
     */
    void sweep() {
        AtomicLongArray table = words;
        int length = table.length();
        long minute = minute();
        int end = Math.min(length, swept + Math.max(4 * LEAST, length / 64));
        for (int i = swept; i < end; i++) {
            long word = table.get(i);
            if (word == 0) {
                continue;
            }
            long now = SourceMarks.aged(word, minute);
            if (now == 0) {
                table.compareAndSet(i, word, 0);
                continue;
            }
            metAll++;
            Rank rank = SourceMarks.ofClient(now) ? Rank.UNKNOWN : SourceMarks.rank(now);
            metGood += rank == Rank.KNOWN_GOOD ? 1 : 0;
            metBad += rank == Rank.KNOWN_BAD ? 1 : 0;
        }
        // Of a table that fills up faster than it is swept.
        boolean full = metAll > FULL * end && end >= Math.min(length, 4 * LEAST);
        swept = end;
        if (end == length) {
            good = metGood;
            bad = metBad;
            all = metAll;
        }
        if (full && length < MOST) {
            grow(table);
        }
        if (full || end == length) {
            swept = 0;
            metGood = 0;
            metBad = 0;
            metAll = 0;
        }
    }

    private void grow(AtomicLongArray old) {
        AtomicLongArray wider;
        try {
            wider = new AtomicLongArray(Math.min(MOST, old.length() * GROWTH));
        } catch (OutOfMemoryError e) {
            // It stays as it is, and forgets earlier.
            return;
        }
        long minute = minute();
        for (int i = 0; i < old.length(); i++) {
            long word = SourceMarks.aged(old.get(i), minute);
            if (word != 0) {
                int set = set(word, wider.length());
                for (int to = set; to < set + WAYS; to++) {
                    if (wider.get(to) == 0) {
                        wider.setPlain(to, word);
                        break;
                    }
                }
            }
        }
        words = wider;
    }

    private long find(long source) {
        AtomicLongArray table = words;
        int at = indexOf(table, source);
        long word = at < 0 ? 0 : table.get(at);
        return SourceMarks.of(word, source) ? SourceMarks.aged(word, minute()) : 0;
    }

    private static int indexOf(AtomicLongArray table, long source) {
        int set = set(source, table.length());
        for (int i = set; i < set + WAYS; i++) {
            if (SourceMarks.of(table.get(i), source)) {
                return i;
            }
        }
        return -1;
    }

    /** What was known before. */
    private long mark(long source, int good, int sat, int retries) {
        AtomicLongArray table = words;
        long minute = minute();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int at = indexOf(table, source);
            int to = at < 0 ? leastWorth(table, set(source, table.length()), minute) : at;
            long was = table.get(to);
            boolean same = SourceMarks.of(was, source);
            if (at >= 0 && !same) {
                continue;
            }
            long before = same ? SourceMarks.aged(was, minute) : 0;
            if (table.compareAndSet(to, was, SourceMarks.plus(before, source, good, sat, retries, minute))) {
                return before;
            }
        }
        return 0;
    }

    private static int leastWorth(AtomicLongArray table, int set, long minute) {
        int least = set;
        long leastWorth = Long.MAX_VALUE;
        for (int i = set; i < set + WAYS; i++) {
            long worth = SourceMarks.worth(SourceMarks.aged(table.get(i), minute));
            if (worth < leastWorth) {
                leastWorth = worth;
                least = i;
            }
        }
        return least;
    }

    private long minute() {
        return Math.floorDiv(clock.nanos(), MINUTE);
    }

    private static int set(long source, int length) {
        int sets = length / WAYS;
        return WAYS * (int) (source >>> (Long.SIZE - Integer.numberOfTrailingZeros(sets)));
    }
}
