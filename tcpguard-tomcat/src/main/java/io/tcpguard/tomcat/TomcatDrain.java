/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Drain;
import io.tcpguard.spi.DrainPatience;
import io.tcpguard.spi.GuardedListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The connections of some connectors while these are drained. One drain's, on its thread. */
final class TomcatDrain implements Drain.Connections {
    private final List<GuardedHttp11NioProtocol> protocols;
    private final Set<GuardedConnection> told = new HashSet<>();
    private final DrainPatience<GuardedConnection> patience = new DrainPatience<>();

    TomcatDrain(List<GuardedHttp11NioProtocol> protocols) {
        this.protocols = protocols;
    }

    @Override
    public void leave(boolean all) {
        for (GuardedHttp11NioProtocol protocol : protocols) {
            protocol.leave(true);
            for (GuardedConnection connection : protocol.endpoint().registry().all()) {
                if (all || !connection.atWork()) {
                    tellToGo(connection, protocol.endpoint().evictor());
                }
            }
        }
    }

    private void tellToGo(GuardedConnection connection, Evictor evictor) {
        if (connection.multiplexed() && !told.contains(connection) && evictor.sayGoAway(connection)) {
            told.add(connection);
        }
    }

    @Override
    public int end() {
        long now = System.nanoTime();
        int open = 0;
        for (GuardedHttp11NioProtocol protocol : protocols) {
            // Whose requests began before the answers said so: they promise more, but nobody sends more by now.
            protocol.closeAnswered(true);
            protocol.endpoint().filesBeingSent().sweep();
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
        if (patience.isClosing(connection)) {
            if (!patience.isOverdue(connection, now)) {
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
        // It may have come since the notice was over.
        tellToGo(connection, evictor);
        // A request that waits for a thread has not begun as far as is known here, and its bytes are not read.
        boolean atWork = connection.atWork() || connection.inProgress();
        if (patience.mayClose(connection, atWork, connection.asked(), now) && connection.claimIdle()) {
            patience.closing(connection, now);
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
