/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.RequestsInProgress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the guard's books.
 *
 * @param closer how it is evicted
 * @param requests what is in progress on it
 * @param source its client's address, if known
 */
record Admitted(Closer closer, RequestsInProgress requests, @Nullable InetAddress source) {

    static Admitted open(GuardedListener listener, SocketChannel channel, @Nullable InetAddress source) {
        Closer closer = new Closer(channel);
        return new Admitted(closer, new RequestsInProgress(listener.open(source, closer)), source);
    }

    /** Evicts, perhaps before Jetty has made an end point of the channel. */
    static final class Closer implements ConnectionCloser {
        private final SocketChannel channel;
        private volatile @Nullable GuardedEndPoint endPoint;

        private Closer(SocketChannel channel) {
            this.channel = channel;
        }

        /** @throws ClosedChannelException if it was evicted before: Jetty then says that the accept failed */
        void servedBy(GuardedEndPoint by) throws ClosedChannelException {
            endPoint = by;
            if (!channel.isOpen()) {
                throw new ClosedChannelException();
            }
        }

        // tag::evict[]
        @Override
        public void close(Closing how) {
            try {
                if (how == Closing.RESET) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                GuardedEndPoint now = endPoint;
                if (now == null) {
                    channel.close();
                } else {
                    // Wakes the selector up, too, which gives the descriptor back.
                    now.close();
                }
            } catch (IOException e) {
                // Closed already, by its client or by Jetty.
                return;
            }
        }
        // end::evict[]
    }
}
