/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One descriptor held for nothing, to be given up when the process has none left and something must be opened. An
 * unbound datagram socket: it needs no file, takes no port, and its descriptor is free the moment it is closed.
 */
final class SpareDescriptor implements Closeable {
    private final boolean affordable;
    private @Nullable SelectableChannel held;

    /**
     * @param affordable false where so few descriptors are that none can be spared: then this holds none, and nobody
     *     need try
     */
    SpareDescriptor(boolean affordable) {
        this.affordable = affordable;
    }

    boolean held() {
        return held != null || !affordable;
    }

    /** Takes one if none is held. False if there was none to take. */
    boolean take() {
        if (!held()) {
            try {
                held = DatagramChannel.open();
            } catch (IOException e) {
                return false; // None is left yet; the caller comes back.
            }
        }
        return true;
    }

    /**
     * Keeps this connection, which is over, instead of one that would have to be opened anew: between its close and
     * that, another thread could take the descriptor. Its client sees the end as by a close. The next select
     * deregisters it.
     */
    void keep(SocketChannel over, Poller poller) {
        try {
            over.shutdownOutput();
            over.shutdownInput();
        } catch (IOException | RuntimeException e) {
            poller.close(over); // Reset, or never quite here.
            return;
        }
        poller.deregister(over);
        held = over;
    }

    /** Gives it up. False if none was held. */
    boolean release() {
        if (held == null) {
            return false;
        }
        Quietly.close(held);
        held = null;
        return true;
    }

    @Override
    public void close() {
        release();
    }
}
