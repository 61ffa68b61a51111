/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/** A connection's entry in the table of its listener. Its entry in the table of the process is the handle itself. */
final class ListenerEntry extends ListEntry {
    private final TrackedConnection handle;
    private final ConnectionTable table;

    ListenerEntry(TrackedConnection handle, ConnectionTable table) {
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
