/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.jspecify.annotations.Nullable;

/** A doubly linked list through the entries themselves. Guarded by the table's lock. */
final class HandleList {
    @Nullable ListEntry first;

    private @Nullable ListEntry last;
    /** For a bucket: which stretch of time it holds; for the ancient: the first one that they do not hold. */
    long tick;

    void append(ListEntry h) {
        h.list = this;
        h.previous = last;
        h.next = null;
        if (last == null) {
            first = h;
        } else {
            last.next = h;
        }
        last = h;
    }

    void remove(ListEntry h) {
        ListEntry before = h.previous;
        ListEntry after = h.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        h.list = null;
        h.previous = null;
        h.next = null;
    }
}
