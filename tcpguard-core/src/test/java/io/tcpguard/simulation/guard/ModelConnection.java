/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.spi.ConnectionHandle;
import org.jspecify.annotations.Nullable;

/** One admitted connection, as server and client know it. */
final class ModelConnection {
    final ModelClient client;

    @Nullable ConnectionHandle handle;

    boolean open = true;
    boolean evicted;
    int atWork;
    boolean unfinished;
    /** Has sent something. */
    boolean received;
    /** When it opened, or its work began or ended last; without the time in which the process did not run. */
    long activeAt;

    ModelConnection(ModelClient client) {
        this.client = client;
    }

    ConnectionHandle handle() {
        ConnectionHandle there = handle;
        if (there == null) {
            throw new IllegalStateException("not admitted yet");
        }
        return there;
    }
}
