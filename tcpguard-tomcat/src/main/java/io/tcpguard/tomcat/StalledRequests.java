/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.StalledWork;
import java.util.Collection;
import java.util.function.Function;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Requests whose thread waits for their client: a blocking write that the client does not read, a blocking read
 * of a body that does not come. Tomcat registers such a connection with the poller while its worker is inside; nobody
 * else is both. Only one thread calls this.
 */
final class StalledRequests {

    /** Ends those that stand still for longer than {@code patienceNanos}, longest first. */
    int end(
            Collection<GuardedConnection> connections,
            Function<GuardedConnection, @Nullable NioSocketWrapper> wrappers,
            long patienceNanos,
            int most,
            Closing how) {
        long now = System.nanoTime();
        return StalledWork.endLongest(
                connections,
                connection -> stalledFor(connection, wrappers, now),
                patienceNanos,
                most,
                connection -> connection.cut(how));
    }

    private static long stalledFor(
            GuardedConnection connection, Function<GuardedConnection, @Nullable NioSocketWrapper> wrappers, long now) {
        NioSocketWrapper wrapper = connection.holdsThread() ? wrappers.apply(connection) : null;
        if (wrapper == null || wrapper.interestOps() == 0) {
            connection.clientWait().moves();
            return -1;
        }
        return connection.clientWait().stalledFor(wrapper.getLastRead() + 31 * wrapper.getLastWrite(), now);
    }
}
