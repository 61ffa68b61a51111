/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.state.RefusalCounters.Rank;
import java.net.InetAddress;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The admitted connections of the process, or of one listener: who holds them, and in which order they
 * would be evicted ({@link IdleOrder}). The one lock is taken when a connection opens or closes and at the admission
 * threshold, for a handful of pointer writes. Any thread.
 */
final class ConnectionTable {
    /** A search among the connections of one source looks at no more than this many. */
    private static final int OWN_STEPS = 64;

    /** The same for what is told of a source. */
    private static final int TOLD_STEPS = 512;

    private static final int HANDFUL = 8;
    private static final double NEARLY_ALL = 0.9;
    private static final int ENOUGH = 50;

    /** Part of all slots in which clients may take their time over half a message, however scarce slots are. */
    private static final double SPARED_UNFINISHED = 0.25;

    private final ClientModel clients;
    private final Sources sources = new Sources();
    private final IdleOrder order;
    private final LongAdder closed = new LongAdder();
    private final LongAdder unfinished = new LongAdder();
    /** Written under the lock, read without. */
    private volatile int size;

    /** @param longestFloorNanos the longest minimum idle time that will be asked for */
    ConnectionTable(ClientModel clients, long longestFloorNanos) {
        this.clients = clients;
        this.order = new IdleOrder(clients, longestFloorNanos);
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
        ListenerEntry entry = ofListener == null ? null : new ListenerEntry(h, ofListener);
        h.atListener = entry;
        counts.opened();
        try {
            add(h, address);
            if (inACrowd) {
                clients.history().letIn(h.source);
            }
            if (ofListener != null && entry != null) {
                ofListener.add(entry, address);
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

    private synchronized void add(ListEntry h, @Nullable InetAddress address) {
        if (h.over) {
            return;
        }
        if (address != null) {
            Source source = sources.open(address);
            source.append(h);
            h.source = source;
            h.handle().sourceHash = source.key.voice();
        }
        h.in = true;
        size++;
        order.add(h);
    }

    void remove(ListEntry h) {
        synchronized (this) {
            h.over = true;
            if (!h.in) {
                return;
            }
            h.in = false;
            size--;
            order.remove(h);
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

    /** How many connections were ever closed: if it did not change, no slot became free. */
    long closedSoFar() {
        return closed.sum();
    }

    /** As {@link Sources#idOfAbsent}. */
    synchronized long idOfAbsent(InetAddress address) {
        return sources.idOfAbsent(address);
    }

    /**
     * As {@link Sources#rank}; where no more than a handful of sources are here, they are proxies, or a test, and their
     * ranks tell nothing.
     */
    synchronized Rank rank(InetAddress address, SourceMemory memory) {
        return sources.size() > HANDFUL ? sources.rank(address, memory) : Rank.UNKNOWN;
    }

    /** As {@link Sources#forget}. */
    synchronized boolean forget(InetAddress address) {
        return sources.forget(address, clients.history().memory());
    }

    /** As {@link Sources#holdsMoreThan}. */
    synchronized boolean holdsMoreThan(double times, InetAddress address) {
        return sources.holdsMoreThan(times, address);
    }

    /** The sources that hold most, in words; empty if nobody holds any. For who asks: it looks at all sources. */
    synchronized String holders(int howMany) {
        StringJoiner all = new StringJoiner(", ");
        for (Source source : sources.most(howMany)) {
            all.add(source.inWords(TOLD_STEPS));
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
     * Finds an idle connection of this source, or of the network around it that counts as one, and claims it: who
     * holds more than its share may still replace what it does not use. Null if there is none among those that were
     * looked at.
     */
    synchronized @Nullable TrackedConnection claimOfSource(
            InetAddress address, long now, long silentFloor, long idleFloor) {
        ListEntry h = idleOfSource(address, now, silentFloor, idleFloor);
        boolean claimed = h != null && order.claim(h, now, h.handle().received() ? idleFloor : silentFloor, false);
        return claimed && h != null ? h.handle() : null;
    }

    /** Whether there is one. */
    synchronized boolean holdsIdle(InetAddress address, long now, long silentFloor, long idleFloor) {
        return idleOfSource(address, now, silentFloor, idleFloor) != null;
    }

    private @Nullable ListEntry idleOfSource(InetAddress address, long now, long silentFloor, long idleFloor) {
        Source source = sources.find(address);
        int steps = source == null ? 0 : Math.min(OWN_STEPS, source.connections);
        while (source != null && steps-- > 0) {
            ListEntry h = source.first;
            if (h == null) {
                break;
            }
            if (h.list != null && IdleOrder.isIdle(h, now, silentFloor, idleFloor)) {
                return h;
            }
            source.remove(h);
            source.append(h);
        }
        Source network = sources.crowdAround(Sources.UNFAIR, address);
        return network == null ? null : order.idleOf(network, now, silentFloor, idleFloor);
    }

    /** As {@link IdleOrder#claimVictim}. */
    synchronized @Nullable TrackedConnection claimVictim(
            long now, long silentFloor, long idleFloor, boolean silentOnly) {
        return order.claimVictim(now, silentFloor, idleFloor, silentOnly, unfinished.sum() > SPARED_UNFINISHED * size);
    }

    /** As {@link IdleOrder#settle}. For the sampler, from ELEVATED on. */
    synchronized void settle(long now) {
        order.settle(now);
    }
}
