/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ConnectionCloser;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The admitted connections of the process, or of one listener, in the order in which they would give way: those that never sent a byte first, in order of arrival,
 * then by how long they are idle.
 *
 * <p>Requests do not come here: they stamp their handle, and a connection stays in the bucket of an older time until a search
 * for a victim meets it there and moves it on. So each connection is moved at most once per minimum idle time, and finding a victim
 * costs O(1) amortised. The one lock is taken when a connection opens or closes and at the admission threshold, for a handful of
 * pointer writes.
 */
final class ConnectionTable {
    /** With the width, two minutes: the longest floor that is learned. */
    private static final int BUCKETS = 2048;

    /**
     * Within a bucket nobody is sorted, so an eviction may come as much too late: abnormal clients keep their places
     * so much longer.
     */
    private static final long WIDTH = 62_500_000;

    /** A search looks at no more than this many; the next one goes on from there. */
    private static final int STEPS = 512;

    private static final int SETTLE_STEPS = 4096;

    /** The same for the connections of one source. */
    private static final int OWN_STEPS = 64;

    private static final int HANDFUL = 8;
    private static final double NEARLY_ALL = 0.9;
    private static final int ENOUGH = 50;

    /** Who was spared is asked for again after this part of the floor. */
    private static final int SPARED_PART = 4;

    /** Who came back before, on this connection or another, is likely to come again: spared for this part of the floor longer. */
    private static final int CAME_BACK_PART = 4;

    /** Part of all places in which clients may take their time over half a message, however scarce places are. */
    private static final double SPARED_UNFINISHED = 0.25;

    private final ClientModel clients;
    private final long width;
    private final Sources sources = new Sources();
    private final HandleList silent = new HandleList();
    private final HandleList ancient = new HandleList();
    private final HandleList[] buckets = new HandleList[BUCKETS];
    private final LongAdder closed = new LongAdder();
    private final LongAdder unfinished = new LongAdder();
    private long oldestTick;
    /** Written under the lock, read without. */
    private volatile int size;

    /** @param longestFloorNanos the longest minimum idle time that will be asked for */
    ConnectionTable(ClientModel clients, long longestFloorNanos) {
        this.clients = clients;
        this.width = Math.max(WIDTH, longestFloorNanos / (BUCKETS / 2));
        this.oldestTick = tick(clients.clock().nanos());
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new HandleList();
            buckets[i].tick = Long.MIN_VALUE;
        }
    }

    /**
     * @param inACrowd whether slots are scarce: new connections had to wait for one or were refused just now
     * @param waits whether new connections wait, for a slot or for late work
     * @param counts its listener's
     * @param ofListener the listener's table; null: it has none of its own
     */
    TrackedConnection open(
            @Nullable InetAddress address,
            boolean inACrowd,
            boolean waits,
            ListenerCounts counts,
            @Nullable ConnectionTable ofListener,
            ConnectionCloser closer) {
        TrackedConnection h = new TrackedConnection(this, waits, counts, closer);
        h.address = address;
        clients.patience().opened(waits);
        ListenerSeat seat = ofListener == null ? null : new ListenerSeat(h, ofListener);
        h.atListener = seat;
        counts.opened();
        try {
            add(h, address);
            if (inACrowd) {
                clients.history().letIn(h.source);
            }
            if (ofListener != null && seat != null) {
                ofListener.add(seat, address);
            }
        } catch (RuntimeException | Error e) {
            // Nobody will have it to say that it is over, and its slot would count for good.
            h.closed();
            throw e;
        }
        return h;
    }

    /** The same where no listener has a table of its own. */
    TrackedConnection open(
            @Nullable InetAddress address, boolean inACrowd, ListenerCounts counts, ConnectionCloser closer) {
        return open(address, inACrowd, inACrowd, counts, null, closer);
    }

    private synchronized void add(Seat h, @Nullable InetAddress address) {
        if (h.over) {
            return;
        }
        if (address != null) {
            Source source = sources.open(address);
            source.append(h);
            h.source = source;
            h.handle().sourceHash = source.key.hashCode();
        }
        h.in = true;
        size++;
        silent.append(h);
    }

    void remove(Seat h) {
        synchronized (this) {
            h.over = true;
            if (!h.in) {
                return;
            }
            h.in = false;
            size--;
            if (h.list != null) {
                h.list.remove(h);
            }
            Source source = h.source;
            if (source != null) {
                source.remove(h);
                sources.close(source);
            }
        }
        closed.increment();
    }

    int size() {
        return size;
    }

    /** By the clock that stamps all connections. Any thread. */
    long now() {
        return clients.clock().nanos();
    }

    ClientModel clients() {
        return clients;
    }

    /** How many addresses hold connections. */
    synchronized int sources() {
        return sources.size();
    }

    /** One more waits for the rest of its client's message, or one less. Takes no lock. */
    void unfinished(boolean oneMore) {
        unfinished.add(oneMore ? 1 : -1);
    }

    /** How many connections were ever closed: if it did not change, no place became free. */
    long closedSoFar() {
        return closed.sum();
    }

    /** As {@link Sources#idOfAbsent}. */
    synchronized long idOfAbsent(InetAddress address) {
        return sources.idOfAbsent(address);
    }

    /** As {@link Sources#rank}; where no more than a handful of sources are here, they are proxies, or a test, and their ranks tell nothing. */
    synchronized SourceRank rank(InetAddress address, SourceMemory memory) {
        return sources.size() > HANDFUL ? sources.rank(address, memory) : SourceRank.UNKNOWN;
    }

    /** As {@link Sources#forget}. */
    synchronized boolean forget(InetAddress address, SourceMemory memory) {
        return sources.forget(address, memory);
    }

    /** As {@link Sources#holdsMoreThan}. */
    synchronized boolean holdsMoreThan(double times, InetAddress address) {
        return sources.holdsMoreThan(times, address);
    }

    /** The sources that hold most, in words; empty if nobody holds any. For who asks: it looks at all sources. */
    synchronized String holders(int howMany) {
        StringJoiner all = new StringJoiner(", ");
        for (Source source : sources.most(howMany)) {
            all.add(source.inWords(STEPS));
        }
        return all.toString();
    }

    /** Whether nearly all connections come from a handful of sources. */
    synchronized boolean fromAHandful() {
        return sources.handful(HANDFUL, NEARLY_ALL, ENOUGH);
    }

    /** Whether nearly all are of a handful that say that they speak for others, with hardly anybody beside them. */
    synchronized boolean forwardedByAHandful() {
        return sources.fewForwardAll(HANDFUL, HANDFUL, NEARLY_ALL, ENOUGH, OWN_STEPS);
    }

    /**
     * Finds an idle connection of this source and claims it: who holds more than its share may still replace what it
     * does not use. Null if there is none among those that were looked at.
     */
    synchronized @Nullable TrackedConnection claimOfSource(
            InetAddress address, long now, long silentFloor, long idleFloor) {
        Seat h = idleOfSource(address, now, silentFloor, idleFloor);
        boolean claimed = h != null && claim(h, now, h.handle().received() ? idleFloor : silentFloor, false);
        return claimed && h != null ? h.handle() : null;
    }

    /** Whether there is one. */
    synchronized boolean holdsIdle(InetAddress address, long now, long silentFloor, long idleFloor) {
        return idleOfSource(address, now, silentFloor, idleFloor) != null;
    }

    private @Nullable Seat idleOfSource(InetAddress address, long now, long silentFloor, long idleFloor) {
        Source source = sources.find(address);
        int steps = source == null ? 0 : Math.min(OWN_STEPS, source.connections);
        while (source != null && steps-- > 0) {
            Seat h = source.first;
            if (h == null) {
                return null;
            }
            if (h.list != null
                    && !h.handle().kept()
                    && !h.handle().atWork()
                    && now - lastSeen(h) >= (h.handle().received() ? idleFloor : silentFloor)) {
                return h;
            }
            source.remove(h);
            source.append(h);
        }
        return null;
    }

    /**
     * Finds the connection that gives way next and claims it: no work begins on it any more. Null if there is none.
     *
     * @param silentOnly whether only connections that never sent a byte may give way
     */
    synchronized @Nullable TrackedConnection claimVictim(
            long now, long silentFloor, long idleFloor, boolean silentOnly) {
        int steps = STEPS;
        boolean unfinishedToo = unfinished.sum() > SPARED_UNFINISHED * size;
        for (Seat h = silent.first; h != null && steps-- > 0; h = silent.first) {
            if (h.handle().received() || h.handle().kept()) {
                move(h, now);
            } else if (now - lastSeen(h) < silentFloor) {
                break;
            } else if (claim(h, now, silentFloor, unfinishedToo)) {
                return h.handle();
            }
        }
        if (silentOnly) {
            return null;
        }
        long youngest = tick(now - idleFloor);
        retire(youngest - BUCKETS);
        for (Seat h = ancient.first; h != null && steps-- > 0; h = ancient.first) {
            if (claimIfIdle(h, now, idleFloor, unfinishedToo)) {
                return h.handle();
            }
            if (h == ancient.first) {
                break;
            }
        }
        while (oldestTick <= youngest) {
            long tick = oldestTick;
            HandleList bucket = buckets[slot(tick)];
            for (Seat h = bucket.tick == tick ? bucket.first : null; h != null; h = bucket.first) {
                if (steps-- <= 0) {
                    return null;
                }
                if (claimIfIdle(h, now, idleFloor, unfinishedToo)) {
                    return h.handle();
                }
                if (h == bucket.first) {
                    // Idle, but not long enough: the youngest bucket holds both kinds.
                    return null;
                }
            }
            if (oldestTick == tick) {
                oldestTick++;
            } // else some went to an older bucket: work that waits for its client since
        }
        return null;
    }

    /**
     * Takes those that have received out of the silent list, so that a search need not. For the sampler, from ELEVATED on.
     */
    synchronized void settle(long now) {
        int steps = SETTLE_STEPS;
        Seat next;
        for (Seat h = silent.first; h != null && steps-- > 0; h = next) {
            next = h.next;
            if (h.handle().received() || h.handle().kept()) {
                move(h, now);
            }
        }
    }

    /** Moves h where it belongs by now; claims it if it was there already and is idle long enough. */
    private boolean claimIfIdle(Seat h, long now, long idleFloor, boolean unfinishedToo) {
        HandleList before = h.list;
        move(h, now);
        if (h.list == null || h.list != before || now - lastSeen(h) < idleFloor) {
            return false;
        }
        return claim(h, now, idleFloor, unfinishedToo);
    }

    /** Claims h, which looks idle, or else spares it for a part of the floor. */
    private boolean claim(Seat h, long now, long floor, boolean unfinishedToo) {
        long longer = cameBack(h) ? floor / CAME_BACK_PART : 0;
        if (now - h.handle().lastActive() < floor + longer) {
            h.sparedAt = h.handle().lastActive() + longer;
            put(h, tick(h.sparedAt));
            return false;
        }
        if (!h.handle().closer.inProgress() && h.handle().claimForEviction(unfinishedToo)) {
            if (h.list != null) {
                h.list.remove(h);
            }
            return true;
        }
        h.sparedAt = now - floor + floor / SPARED_PART;
        put(h, tick(h.sparedAt));
        return false;
    }

    private boolean cameBack(Seat h) {
        int begun = h.handle().begun();
        if (begun != 1) {
            return begun > 1;
        }
        // Behind an address of many, who sits is not who came back.
        Source source = h.source;
        return source != null
                && source.connections == 1
                && clients.history().memory().rank(source.id) == SourceRank.GOOD;
    }

    private void move(Seat h, long now) {
        if (h.handle().kept()) {
            if (h.list != null) {
                h.list.remove(h);
            }
            return;
        }
        // Work in progress is activity that has not ended yet.
        put(h, tick(h.handle().atWork() ? now : lastSeen(h)));
    }

    private static long lastSeen(Seat h) {
        return Math.max(h.handle().lastActive(), h.sparedAt);
    }

    private void put(Seat h, long tick) {
        HandleList from = h.list;
        HandleList to = bucket(tick);
        if (to != from) {
            if (from != null) {
                from.remove(h);
            }
            to.append(h);
            oldestTick = Math.min(oldestTick, tick);
        }
    }

    private HandleList bucket(long tick) {
        HandleList bucket = buckets[slot(tick)];
        if (bucket.tick == tick) {
            return bucket;
        }
        if (bucket.tick > tick) {
            return ancient;
        }
        empty(bucket);
        bucket.tick = tick;
        return bucket;
    }

    /**
     * Moves buckets older than this to the ancient: nobody searched for so long that the ring no longer orders them.
     */
    private void retire(long tick) {
        if (oldestTick >= tick) {
            return;
        }
        oldestTick = tick;
        HandleList[] oldestFirst = buckets.clone();
        Arrays.sort(oldestFirst, Comparator.comparingLong(b -> b.tick));
        for (HandleList bucket : oldestFirst) {
            if (bucket.tick < tick) {
                empty(bucket);
            }
        }
    }

    private void empty(HandleList bucket) {
        for (Seat h = bucket.first; h != null; h = bucket.first) {
            bucket.remove(h);
            ancient.append(h);
        }
    }

    private long tick(long nanos) {
        return Math.floorDiv(nanos, width);
    }

    private static int slot(long tick) {
        return (int) Math.floorMod(tick, (long) BUCKETS);
    }
}
