/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.jspecify.annotations.Nullable;

/** A connection as an entry of one table's lists. Guarded by that table's lock. */
abstract class ListEntry {
    @Nullable ListEntry previous;

    @Nullable ListEntry next;

    @Nullable HandleList list;

    @Nullable Source source;

    @Nullable ListEntry previousOfSource;

    @Nullable ListEntry nextOfSource;

    /** When a search found it idle by its handle and spared it. */
    long sparedAt = Long.MIN_VALUE;

    /** In its table. */
    boolean in;

    /** Out of them for good; it may have closed before it came in. */
    boolean over;

    /** Whose entry it is. */
    abstract TrackedConnection handle();
}
