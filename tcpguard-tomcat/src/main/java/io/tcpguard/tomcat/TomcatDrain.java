/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Drain;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.Pacing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The connections of some connectors while these are drained. One drain's, on its thread. */
final class TomcatDrain implements Drain.Connections {
    /** Idle at two looks in a row: what is between its head and its thread is no more idle at the second. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(Pacing.CLOSE_GRACE_MILLIS);

    private final List<GuardedHttp11NioProtocol> protocols;
    private final Set<GuardedConnection> told = new HashSet<>();
    private final Map<GuardedConnection, Long> idleSince = new HashMap<>();
    private final Map<GuardedConnection, Long> closing = new HashMap<>();

    TomcatDrain(List<GuardedHttp11NioProtocol> protocols) {
        this.protocols = protocols;
    }

    @Override
    public void leave(boolean all) {
        for (GuardedHttp11NioProtocol protocol : protocols) {
            protocol.leave(true);
            Evictor evictor = protocol.endpoint().evictor();
            for (GuardedConnection connection : protocol.endpoint().registry().all()) {
                if (connection.multiplexed()
                        && !told.contains(connection)
                        && (all || !connection.atWork())
                        && evictor.sayGoAway(connection)) {
                    told.add(connection);
                }
            }
        }
    }

    @Override
    public int end() {
        long now = System.nanoTime();
        int open = 0;
        for (GuardedHttp11NioProtocol protocol : protocols) {
            // Whose requests began before the answers said so: they promise more, but nobody sends more by now.
            protocol.closeAnswered(true);
            for (GuardedConnection connection : protocol.endpoint().registry().all()) {
                if (!isOver(connection, protocol.endpoint(), now)) {
                    open++;
                }
            }
        }
        return open;
    }

    /** True if it needs no more waiting. */
    private boolean isOver(GuardedConnection connection, GuardedNioEndpoint endpoint, long now) {
        Evictor evictor = endpoint.evictor();
        Long closed = closing.get(connection);
        if (closed != null) {
            if (now - closed < GRACE_NANOS) {
                return false;
            }
            evictor.endNow(connection);
            return true;
        }
        if (connection.kept()) {
            if (!told.contains(connection) && evictor.closeWebSocket(connection)) {
                told.add(connection);
            }
            return false;
        }
        if (connection.atWork()) {
            idleSince.remove(connection);
            return false;
        }
        Long since = idleSince.putIfAbsent(connection, now);
        // The first request of a new connection may be on its way.
        long patience = connection.asked() ? IDLE_NANOS : GRACE_NANOS;
        if (since != null && now - since >= patience && connection.claimIdle()) {
            closing.put(connection, now);
            // TIME_WAIT may be short; resets are, too, since balancers remember them.
            GuardedListener listener = endpoint.guarding().listener();
            boolean reset = listener != null && listener.mayReset();
            evictor.end(connection, reset ? Closing.RESET : Closing.ORDERLY);
        }
        return false;
    }

    @Override
    public void stay() {
        for (GuardedHttp11NioProtocol protocol : protocols) {
            protocol.leave(false);
            protocol.closeAnswered(false);
        }
    }
}
