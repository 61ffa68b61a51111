/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.jspecify.annotations.Nullable;

/** A doubly linked list through the seats themselves. Guarded by the table's lock. */
final class HandleList {
    @Nullable Seat first;

    private @Nullable Seat last;
    /** For a bucket: which stretch of time it holds. */
    long tick;

    void append(Seat h) {
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

    void remove(Seat h) {
        Seat before = h.previous;
        Seat after = h.next;
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
