/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.NioConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Tells the guard of bytes that come and go, of a client that reads no more, and of the end. */
final class GuardedEndPoint extends SocketChannelEndPoint {
    private final NioConnection connection;

    GuardedEndPoint(NioConnection of, SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler s)
            throws ClosedChannelException {
        super(channel, selector, key, s);
        connection = of;
        // Wakes the selector up, too, which gives the descriptor back.
        connection.servedBy(this::close);
    }

    /** What a request came in by, under TLS and other protocols too; null if that is not guarded. */
    static @Nullable NioConnection of(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint instanceof GuardedEndPoint guarded ? guarded.connection : null;
    }

    // tag::bytes[]
    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0) {
            connection.received();
        }
        return filled;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = BufferUtil.remaining(buffers);
        boolean all = super.flush(buffers);
        connection.sent(BufferUtil.remaining(buffers) < before, all);
        return all;
    }
    // end::bytes[]

    // tag::closed[]
    @Override
    public void onClose(@Nullable Throwable cause) {
        try {
            super.onClose(cause);
        } finally {
            connection.closed();
        }
    }
    // end::closed[]
}
