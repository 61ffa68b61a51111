package io.tcpguard.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * One descriptor held for nothing, to be given up when the process has none left and something must be opened. An unbound datagram
 * socket: it needs no file, takes no port, and its descriptor is free the moment it is closed.
 */
final class SpareDescriptor implements Closeable {
    private final boolean affordable;
    private @Nullable DatagramChannel held;

    /** @param affordable false where so few descriptors are that none can be spared: then this holds none, and nobody need try */
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
