/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections in the order in which they would be evicted: those that never sent a byte first, in order of arrival,
 * then by how long they are idle.
 *
 * <p>Requests do not come here: they stamp their handle, and a connection stays in the bucket of an older time until a
 * search for a victim meets it there and moves it on. So each connection is moved at most once per minimum idle time,
 * and finding a victim costs O(1) amortised. Guarded by its table's lock.
 */
final class IdleOrder {
    /** With the width, two minutes: the longest floor that is learned. */
    private static final int BUCKETS = 2048;

    /**
     * Within a bucket nobody is sorted, so an eviction may come as much too late: idle-holding clients keep their slots
     * so much longer.
     */
    private static final long WIDTH = 62_500_000;

    /** A search looks at no more than this many; the next one goes on from there. */
    private static final int STEPS = 512;

    private static final int SETTLE_STEPS = 4096;

    /** Who was spared is asked for again after this part of the floor. */
    private static final int SPARED_PART = 4;

    /**
     * Who came back before, on this connection or another, is likely to come again: spared for this part of the floor
     * longer.
     */
    private static final int CAME_BACK_PART = 4;

    /**
     * For who is alone behind an address: a lost packet is sent again after 200 ms or more (TCP_RTO_MIN, Linux'
     * include/net/tcp.h).
     */
    private static final long SENT_AGAIN = TimeUnit.MILLISECONDS.toNanos(250);

    private final ClientModel clients;
    private final long width;
    private final HandleList silent = new HandleList();
    private final HandleList ancient = new HandleList();
    private final HandleList[] buckets = new HandleList[BUCKETS];
    private long oldestTick;
    /** Where a search for one of a network goes on; null: at the beginning. */
    private @Nullable ListEntry resume;

    /** @param longestFloorNanos the longest minimum idle time that will be asked for */
    IdleOrder(ClientModel clients, long longestFloorNanos) {
        this.clients = clients;
        this.width = Math.max(WIDTH, longestFloorNanos / (BUCKETS / 2));
        this.oldestTick = tick(clients.clock().nanos());
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new HandleList();
            buckets[i].tick = Long.MIN_VALUE;
        }
    }

    /** A new connection. */
    void add(ListEntry h) {
        silent.append(h);
    }

    /**
     * Finds the connection that is evicted next and claims it: no work begins on it any more. Null if there is none.
     *
     * @param silentOnly whether only connections that never sent a byte may be evicted
     * @param unfinishedToo whether those in the middle of a message may, too
     */
    @Nullable TrackedConnection claimVictim(
            long now, long silentFloor, long idleFloor, boolean silentOnly, boolean unfinishedToo) {
        int steps = STEPS;
        for (ListEntry h = silent.first; h != null && steps-- > 0; h = silent.first) {
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
        for (ListEntry h = ancient.first; h != null && steps-- > 0; h = ancient.first) {
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
            for (ListEntry h = bucket.tick == tick ? bucket.first : null; h != null; h = bucket.first) {
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
     * Takes those that have received out of the silent list, so that a search need not.
     */
    void settle(long now) {
        int steps = SETTLE_STEPS;
        ListEntry next;
        for (ListEntry h = silent.first; h != null && steps-- > 0; h = next) {
            next = h.next;
            if (h.handle().received() || h.handle().kept()) {
                move(h, now);
            }
        }
    }

    /**
     * One of this network that is idle for long enough; null: none of those that were looked at, and the next search
     * goes on from there.
     */
    @Nullable ListEntry idleOf(Source network, long now, long silentFloor, long idleFloor) {
        long youngest = tick(now - idleFloor);
        retire(youngest - BUCKETS);
        ListEntry h = resume == null ? after(null, youngest) : resume;
        for (int steps = STEPS; h != null && steps > 0; steps--) {
            boolean wanted = h.source != null && h.source.isIn(network) && isIdle(h, now, silentFloor, idleFloor);
            resume = after(h, youngest);
            if (wanted) {
                return h;
            }
            h = resume;
        }
        return null;
    }

    /** As a search for a victim meets them; null after the last. */
    private @Nullable ListEntry after(@Nullable ListEntry h, long youngest) {
        if (h != null && h.next != null) {
            return h.next;
        }
        HandleList list = h == null ? null : h.list;
        long from = oldestTick;
        if (list == null && silent.first != null) {
            return silent.first;
        }
        if (list == null || list == silent) {
            if (ancient.first != null) {
                return ancient.first;
            }
        } else if (list != ancient) {
            from = Math.max(from, list.tick + 1);
        }
        for (long tick = from; tick <= youngest; tick++) {
            HandleList bucket = buckets[slot(tick)];
            if (bucket.tick == tick && bucket.first != null) {
                return bucket.first;
            }
        }
        return null;
    }

    /** It is out of the table for good. */
    void remove(ListEntry h) {
        if (resume == h) {
            resume = null;
        }
        if (h.list != null) {
            h.list.remove(h);
        }
    }

    static boolean isIdle(ListEntry h, long now, long silentFloor, long idleFloor) {
        TrackedConnection handle = h.handle();
        return !handle.kept() && !handle.atWork() && now - lastSeen(h) >= (handle.received() ? idleFloor : silentFloor);
    }

    /** Moves h where it belongs by now; claims it if it was there already and is idle long enough. */
    private boolean claimIfIdle(ListEntry h, long now, long idleFloor, boolean unfinishedToo) {
        HandleList before = h.list;
        move(h, now);
        if (h.list == null || h.list != before || now - lastSeen(h) < idleFloor) {
            return false;
        }
        return claim(h, now, idleFloor, unfinishedToo);
    }

    /** Claims h, which looks idle, or else spares it for a part of the floor. */
    boolean claim(ListEntry h, long now, long floor, boolean unfinishedToo) {
        long longer = longer(h, floor);
        if (now - h.handle().lastActive() < floor + longer) {
            h.sparedAt = h.handle().lastActive() + longer;
            put(h, tick(h.sparedAt));
            return false;
        }
        if (!h.handle().closer.inProgress() && h.handle().claimForEviction(unfinishedToo)) {
            remove(h);
            return true;
        }
        h.sparedAt = now - floor + floor / SPARED_PART;
        put(h, tick(h.sparedAt));
        return false;
    }

    private long longer(ListEntry h, long floor) {
        int begun = h.handle().begun();
        if (begun != 1) {
            return begun > 1 ? floor / CAME_BACK_PART : 0;
        }
        long client = h.handle().client();
        if (client != 0) {
            return clients.forwarded().knownGood(client) ? floor / CAME_BACK_PART : 0;
        }
        // Behind an address of many, who sits is not who came back.
        Source source = h.source;
        if (source == null || source.connections > 1) {
            return 0;
        }
        return switch (clients.history().memory().rank(source.id)) {
            case KNOWN_GOOD -> floor / CAME_BACK_PART;
            case UNKNOWN -> SENT_AGAIN;
            case KNOWN_BAD -> 0;
        };
    }

    private void move(ListEntry h, long now) {
        if (h.handle().kept()) {
            remove(h);
            return;
        }
        // Work in progress is activity that has not ended yet.
        put(h, tick(h.handle().atWork() ? now : lastSeen(h)));
    }

    private static long lastSeen(ListEntry h) {
        return Math.max(h.handle().lastActive(), h.sparedAt);
    }

    private void put(ListEntry h, long tick) {
        HandleList from = h.list;
        HandleList to = bucket(tick);
        if (to != from) {
            if (from != null) {
                from.remove(h);
            }
            to.append(h);
            oldestTick = Math.min(oldestTick, Math.max(tick, ancient.tick));
        }
    }

    private HandleList bucket(long tick) {
        HandleList bucket = buckets[slot(tick)];
        if (tick < ancient.tick || bucket.tick > tick) {
            return ancient;
        }
        if (bucket.tick != tick) {
            empty(bucket);
            bucket.tick = tick;
        }
        return bucket;
    }

    /**
     * Moves buckets older than this to the ancient: nobody searched for so long that the ring no longer orders them.
     */
    private void retire(long tick) {
        ancient.tick = Math.max(ancient.tick, tick);
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
        for (ListEntry h = bucket.first; h != null; h = bucket.first) {
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
