/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/** What a source is known for, while slots are scarce: who comes first, who next, who last. */
enum SourceRank {
    /** Sessions of it came back with a second request and ended by themselves, and not many more sat idle until evicted. */
    GOOD("known good"),
    /** Nothing is known, or good and bad are even. */
    UNKNOWN("unknown"),
    /** Its connections were idle until evicted, or it comes again at once after each refusal; and nothing good is known. */
    BAD("known bad");

    private final String words;

    SourceRank(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
