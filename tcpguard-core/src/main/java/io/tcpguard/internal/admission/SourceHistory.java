/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.internal.text.Plain;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Rank;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Marks sources by what their connections do, and tells their rank while slots are scarce. Marks are made when a
 * connection closes, is evicted or refused; requests make none. Any thread.
 */
final class SourceHistory {
    private static final int SOURCES_TOLD = 10;
    private static final Rank[] RANKS = Rank.values();

    /** The newest of so many finished sessions tell how many sources are known. */
    private static final double SESSIONS = 128;

    private final SourceMemory memory;
    private final RefusalCounters shed;
    private final RefusedSources sat = new RefusedSources();

    /** A lost update is one of {@link #SESSIONS}. */
    private volatile double known;

    SourceHistory(SourceMemory memory, RefusalCounters shed) {
        this.memory = memory;
        this.shed = shed;
    }

    SourceMemory memory() {
        return memory;
    }

    /** @param table knows the networks of an address */
    Rank rank(@Nullable InetAddress address, ConnectionTable table) {
        return address == null ? Rank.UNKNOWN : table.rank(address, memory);
    }

    /**
     * Share of the sessions that ended lately whose source was known for good before: whether being unknown tells
     * anything.
     */
    double knownShare() {
        return known;
    }

    /** A session came back with a second request, and its client ended it. */
    void finished(@Nullable Source source) {
        if (source == null) {
            return;
        }
        boolean before = memory.finished(source.id);
        double share = known;
        known = share + ((before ? 1 : 0) - share) / SESSIONS;
        for (Source network = source.network; network != null; network = network.network) {
            memory.finished(network.id);
        }
    }

    /** A connection that never came back with a second request was evicted. */
    void sat(@Nullable Source source, @Nullable InetAddress address, long now) {
        if (source == null || address == null) {
            return;
        }
        memory.sat(source.id);
        for (Source network = source.network; network != null; network = network.network) {
            memory.satInNetwork(network.id);
        }
        sat.add(address, now);
    }

    /** A connection was admitted while slots are scarce. */
    void letIn(@Nullable Source source) {
        if (source != null) {
            memory.letIn(source.id);
        }
    }

    void admitted(Rank rank) {
        shed.count(rank, true);
    }

    /** A connection was refused for want of a slot. */
    void refused(@Nullable InetAddress address, Rank rank, ConnectionTable table) {
        shed.count(rank, false);
        // It tells nothing of who is good, nor of an address that has got in: there may be many behind it.
        long absent = address == null || rank == Rank.KNOWN_GOOD ? 0 : table.idOfAbsent(address);
        if (absent != 0) {
            memory.retried(absent);
        }
    }

    /** Share of each rank while slots were scarce, in words; empty if they never were. */
    String shares() {
        long all = 0;
        StringBuilder text = new StringBuilder();
        for (Rank rank : RANKS) {
            long in = shed.of(rank, true);
            long out = shed.of(rank, false);
            all += in + out;
            text.append(text.length() == 0 ? "" : ", ")
                    .append(Plain.words(rank))
                    .append(' ')
                    .append(in)
                    .append(" let in and ")
                    .append(out)
                    .append(" refused");
        }
        return all == 0 ? "" : text.toString();
    }

    /** The sources whose idle connections were evicted most, in words; empty if there are none. */
    String heaviest(long now) {
        return sat.most(SOURCES_TOLD, now);
    }
}
