/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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
        List<GuardedConnection> still = new ArrayList<>();
        for (GuardedConnection connection : connections) {
            NioSocketWrapper wrapper = connection.holdsThread() ? wrappers.apply(connection) : null;
            if (wrapper == null || wrapper.interestOps() == 0) {
                connection.clientWait().moves();
            } else if (connection.clientWait().standsStill(wrapper.getLastRead() + 31 * wrapper.getLastWrite(), now)
                    >= patienceNanos) {
                still.add(connection);
            }
        }
        still.sort(
                Comparator.comparingLong(connection -> connection.clientWait().stillSince()));
        int ended = 0;
        for (GuardedConnection connection : still) {
            if (ended < most && connection.cut(how)) {
                ended++;
            }
        }
        return ended;
    }
}
