/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.RefusalCounters.Rank;

/** What a source is known for, while slots are scarce: who comes first, who next, who last. */
enum SourceRank {
    /**
     * Sessions of it came back with a second request and ended by themselves, and not many more sat idle until evicted.
     */
    GOOD("known good", Rank.KNOWN_GOOD),
    /** Nothing is known, or good and bad are even. */
    UNKNOWN("unknown", Rank.UNKNOWN),
    /**
     * Its connections were idle until evicted, or it comes again at once after each refusal; and nothing good is known.
     */
    BAD("known bad", Rank.KNOWN_BAD);

    private final String words;
    private final Rank counted;

    SourceRank(String words, Rank counted) {
        this.words = words;
        this.counted = counted;
    }

    /** As what it is counted. */
    Rank counted() {
        return counted;
    }

    String words() {
        return words;
    }
}
