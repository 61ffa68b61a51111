/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Map;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A search for connections whose bytes wait in the kernel although their poller has to tell a worker. A poller does
 * that within milliseconds, so the same one is never found for long. Looks at a few of all connections each time; one
 * that was found is looked at until its bytes are read. Takes no byte: it asks how many there are (FIONREAD, tcp(7)).
 * Only one thread at a time.
 */
final class UnreadBytes {
    private static final int EACH_LOOK = 16;

    private final Map<?, ?> connections;
    private @Nullable Iterator<?> round;
    private @Nullable NioSocketWrapper suspect;
    private long suspectRead;
    private int suspects;

    /** @param connections an endpoint's, whose values are its wrappers */
    UnreadBytes(Map<?, ?> connections) {
        this.connections = connections;
    }

    /** How many connections were found so far: another number, another connection. */
    int found() {
        return suspects;
    }

    /** @param newest where clients are most likely to have said something, if it is known */
    boolean look(@Nullable SocketChannel newest) {
        NioSocketWrapper found = suspect;
        if (found != null && found.getLastRead() == suspectRead && waits(found)) {
            return true;
        }
        suspect = null;
        if (newest != null && suspects(connections.get(newest))) {
            return true;
        }
        if (round == null || !round.hasNext()) {
            round = connections.values().iterator();
        }
        for (int i = 0; i < EACH_LOOK && round.hasNext(); i++) {
            if (suspects(round.next())) {
                return true;
            }
        }
        return false;
    }

    private boolean suspects(@Nullable Object connection) {
        if (connection instanceof NioSocketWrapper wrapper && waits(wrapper)) {
            suspect = wrapper;
            suspectRead = wrapper.getLastRead();
            suspects++;
            return true;
        }
        return false;
    }

    /** Whether the poller is to tell of bytes, and some are there. */
    private static boolean waits(NioSocketWrapper wrapper) {
        if (wrapper.isClosed() || (wrapper.interestOps() & SelectionKey.OP_READ) == 0) {
            return false;
        }
        NioChannel socket = wrapper.getSocket();
        SocketChannel channel = socket == null ? null : socket.getIOChannel();
        try {
            return channel != null && channel.socket().getInputStream().available() > 0;
        } catch (IOException | UnsupportedOperationException e) {
            // Closed by now, or not TCP.
            return false;
        }
    }
}
