/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/** A connection's place among those of its listener; its place in the process is the handle itself. */
final class ListenerSeat extends Seat {
    private final TrackedConnection handle;
    private final ConnectionTable table;

    ListenerSeat(TrackedConnection handle, ConnectionTable table) {
        this.handle = handle;
        this.table = table;
    }

    @Override
    TrackedConnection handle() {
        return handle;
    }

    ConnectionTable table() {
        return table;
    }
}
