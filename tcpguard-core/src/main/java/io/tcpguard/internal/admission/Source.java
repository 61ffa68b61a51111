/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.jspecify.annotations.Nullable;

/** What one source holds: an IPv4 address, an IPv6 /64, or a network that holds several of these. Guarded by the table's lock. */
final class Source {
    final SourceKey key;

    /** The network around it; null: none that counts. */
    final @Nullable Source network;

    int connections;

    /** Sources inside, itself if it is none of a network. */
    int members;

    /** Its connections, the one that came first first; those that were looked at and are not idle are put last. */
    @Nullable Seat first;

    private @Nullable Seat last;

    Source(SourceKey key, @Nullable Source network) {
        this.key = key;
        this.network = network;
    }

    void append(Seat h) {
        h.previousOfSource = last;
        h.nextOfSource = null;
        if (last == null) {
            first = h;
        } else {
            last.nextOfSource = h;
        }
        last = h;
    }

    void remove(Seat h) {
        Seat before = h.previousOfSource;
        Seat after = h.nextOfSource;
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
