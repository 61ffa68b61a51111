/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The admitted connections of one listener that has plain NIO channels, and what is done with all of them. Any thread.
 */
public final class NioConnections {
    private final Set<NioConnection> open = ConcurrentHashMap.newKeySet();

    /** None yet. */
    public NioConnections() {}

    /**
     * Asks about a connection just accepted, before anything is spent on it, and tracks it or refuses it.
     * It is tracked until {@link NioConnection#closed()}.
     *
     * @param mayBlock whether this thread only accepts, so that it can hold a connection until there is a slot
     *     ({@link GuardedListener#acceptBlocking})
     * @param serving false: the listener stops, nobody may wait any longer
     * @return null if it is refused: the channel belongs to the guard
     */
    public @Nullable NioConnection accept(
            GuardedListener listener, SocketChannel channel, boolean mayBlock, BooleanSupplier serving) {
        InetAddress source = NioConnection.sourceOf(channel);
        Admission decision = mayBlock ? listener.acceptBlocking(source, serving) : listener.accept(source);
        if (decision.refused()) {
            listener.refuse(channel, decision);
            return null;
        }
        NioConnection connection = new NioConnection(listener, channel, source, open::remove);
        open.add(connection);
        return connection;
    }

    /** How many are open. */
    public int size() {
        return open.size();
    }

    /** As {@link ListenerControl#endStalledWork} is asked to. */
    public int endStalledWork(long patienceNanos, int most, Closing how) {
        long now = System.nanoTime();
        return StalledWork.endLongest(
                open, connection -> connection.stalledFor(now), patienceNanos, most, connection -> {
                    connection.close(how);
                    return true;
                });
    }

    /** What a {@link Drain} does with them: {@link NioConnection#leaves()}, then those with nothing in progress go. */
    public Drain.Connections toDrain() {
        return new Drain.Connections() {
            private final DrainPatience<NioConnection> patience = new DrainPatience<>();

            @Override
            public void leave(boolean all) {
                open.forEach(connection -> connection.leave(true));
            }

            @Override
            public int end() {
                leave(true);
                open.forEach(connection -> connection.closeIfIdle(patience, System.nanoTime()));
                return open.size();
            }

            @Override
            public void stay() {
                open.forEach(connection -> connection.leave(false));
            }
        };
    }
}
