/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.spi.GuardLog;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A close that can't fail: the peer may be gone already, and nobody could do anything about it. */
final class Quietly {
    private static final GuardLog LOG = GuardLog.of(IoThread.class);

    private Quietly() {}

    static void close(@Nullable Closeable closeable) {
        if (closeable == null) {
            return;
        }
        try {
            closeable.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("close failed; the descriptor is given up", e);
        }
    }
}
