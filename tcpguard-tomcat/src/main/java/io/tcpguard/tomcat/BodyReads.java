/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/** For how long each read of a request's body waits for the client. */
final class BodyReads implements InputBuffer {
    /** So many bytes of a body are activity. One now and then is not. */
    private static final int ACTIVITY = 4096;

    private final InputBuffer delegate;
    private volatile @Nullable GuardedConnection connection;
    private int bytes;

    BodyReads(InputBuffer delegate) {
        this.delegate = delegate;
    }

    /** @param of whose body comes next; null: not known */
    BodyReads of(@Nullable GuardedConnection of) {
        connection = of;
        bytes = 0;
        return this;
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
        GuardedConnection from = connection;
        if (from == null) {
            return delegate.doRead(handler);
        }
        int read;
        from.requests().waitsForBody(true);
        try {
            read = delegate.doRead(handler);
        } finally {
            from.requests().waitsForBody(false);
        }
        bytes += Math.max(0, read);
        if (bytes >= ACTIVITY) {
            bytes = 0;
            from.requests().handle().sent();
        }
        return read;
    }

    @Override
    public int available() {
        return delegate.available();
    }
}
