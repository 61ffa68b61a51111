/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one source holds: an IPv4 address, an IPv6 /64, or a network that holds several of these. Guarded by the table's
 * lock.
 */
final class Source {
    private static final double NEARLY_ALL = 0.9;

    final SourceKey key;

    /** To remember it by. */
    final long id;

    /** The network around it; null: none that counts. */
    final @Nullable Source network;

    int connections;

    /** Sources inside, itself if it is none of a network. */
    int members;

    /** Its connections, the one that came first first; those that were looked at and are not idle are put last. */
    @Nullable ListEntry first;

    private @Nullable ListEntry last;

    Source(SourceKey key, @Nullable Source network) {
        this.key = key;
        this.id = key.id();
        this.network = network;
    }

    /** Whether it is this network, or inside. */
    boolean isIn(Source wider) {
        return this == wider || (network != null && network.isIn(wider));
    }

    /** Whose it is, how many it holds and what they do, as far as was looked. */
    String inWords(int looked) {
        ListEntry entry = first;
        InetAddress address = entry == null ? null : entry.handle().address;
        int silent = 0;
        int unfinished = 0;
        int atWork = 0;
        int all = 0;
        for (; entry != null && all < looked; entry = entry.nextOfSource) {
            TrackedConnection h = entry.handle();
            all++;
            if (h.atWork()) {
                atWork++;
            } else if (h.working()) {
                unfinished++;
            } else if (!h.received()) {
                silent++;
            }
        }
        int idle = all - silent - unfinished - atWork;
        return (address == null ? "?" : address.getHostAddress())
                + (key.bits() == 64 ? "/64 " : " ")
                + connections
                + (all < connections ? " (of " + all + ": " : " (")
                + silent + " silent, " + unfinished + " in half a message, " + idle + " idle, " + atWork + " at work)";
    }

    /** Whether nearly all that asked, as far as was looked, said that they speak for others; false if none asked. */
    boolean forwards(int looked) {
        int asked = 0;
        int forwarding = 0;
        int all = 0;
        for (ListEntry entry = first; entry != null && all < looked; entry = entry.nextOfSource) {
            TrackedConnection h = entry.handle();
            all++;
            asked += h.begun() > 0 ? 1 : 0;
            forwarding += h.forwarding() ? 1 : 0;
        }
        return forwarding > 0 && forwarding >= NEARLY_ALL * asked;
    }

    void append(ListEntry h) {
        h.previousOfSource = last;
        h.nextOfSource = null;
        if (last == null) {
            first = h;
        } else {
            last.nextOfSource = h;
        }
        last = h;
    }

    void remove(ListEntry h) {
        ListEntry before = h.previousOfSource;
        ListEntry after = h.nextOfSource;
        if (before == null) {
            first = after;
        } else {
            before.nextOfSource = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previousOfSource = before;
        }
        h.previousOfSource = null;
        h.nextOfSource = null;
    }
}
