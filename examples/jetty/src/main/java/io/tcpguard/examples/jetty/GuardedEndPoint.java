/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.RequestsInProgress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Tells the guard of bytes that come and go, of a client that reads no more, and of the end. */
final class GuardedEndPoint extends SocketChannelEndPoint {
    private final Admitted admitted;
    private final RequestsInProgress requests;

    GuardedEndPoint(
            Admitted admitted, SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
        this.admitted = admitted;
        requests = admitted.requests();
    }

    /** What a request came in by, under TLS and other protocols too; null if that is not guarded. */
    static @Nullable GuardedEndPoint of(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint instanceof GuardedEndPoint guarded ? guarded : null;
    }

    RequestsInProgress requests() {
        return requests;
    }

    @Nullable InetAddress source() {
        return admitted.source();
    }

    void close(Closing how) {
        admitted.closer().close(how);
    }

    /** False if work is in progress. */
    boolean endIfIdle() {
        if (!requests.handle().claim()) {
            return false;
        }
        close();
        return true;
    }

    // tag::bytes[]
    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (filled > 0) {
            requests.handle().touch();
        }
        return filled;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean all = super.flush(buffers);
        if (remaining(buffers) < before) {
            requests.handle().sent();
        }
        if (all) {
            requests.writeBlocked(false);
        }
        return all;
    }
    // end::bytes[]

    private static long remaining(ByteBuffer... buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }

    @Override
    protected void onIncompleteFlush() {
        requests.writeBlocked(true);
        super.onIncompleteFlush();
    }

    // tag::closed[]
    @Override
    public void onClose(@Nullable Throwable cause) {
        try {
            super.onClose(cause);
        } finally {
            requests.handle().closed();
        }
    }
    // end::closed[]
}
