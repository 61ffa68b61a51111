/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ways to end a channel that can't fail: the peer may be gone already, and nobody could do anything about it. */
final class Quietly {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);

    private static final int DRAINED = 1024;
    private static final int READS = 16;

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

    /** Takes what has arrived, a few kilobytes at most; does not wait. */
    static void drain(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            ByteBuffer away = ByteBuffer.allocate(DRAINED);
            for (int i = 0; i < READS && channel.read(away) > 0; i++) {
                away.clear();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("nothing to read; the peer is gone", e);
        }
    }

    /** Writes what fits. */
    static void write(SocketChannel channel, ByteBuffer bytes) {
        try {
            channel.write(bytes);
        } catch (IOException | RuntimeException e) {
            LOG.debug("nobody hears it; the peer is gone", e);
        }
    }
}
