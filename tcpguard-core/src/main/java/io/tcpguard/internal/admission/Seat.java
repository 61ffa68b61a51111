/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.jspecify.annotations.Nullable;

/** One connection's place in the lists of one table. Guarded by that table's lock. */
abstract class Seat {
    @Nullable Seat previous;

    @Nullable Seat next;

    @Nullable HandleList list;

    @Nullable Source source;

    @Nullable Seat previousOfSource;

    @Nullable Seat nextOfSource;

    /** When a search found it idle by its handle and spared it. */
    long sparedAt = Long.MIN_VALUE;

    /** In the books of its table. */
    boolean in;

    /** Out of them for good; it may have closed before it came in. */
    boolean over;

    /** Whose place it is. */
    abstract TrackedConnection handle();
}
