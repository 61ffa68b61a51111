/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The tracked connections of one connector, and the one whose event a thread processes. Any
 * thread.
 */
final class ConnectionRegistry {
    private final Map<SocketChannel, GuardedConnection> guarded = new ConcurrentHashMap<>();
    // Not static: a static one would outlive the web application or server that brought this class.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable GuardedConnection> current = new ThreadLocal<>();

    void add(GuardedConnection connection) {
        guarded.put(connection.channel(), connection);
    }

    /** Null if it is not guarded or closed. */
    @Nullable GuardedConnection of(@Nullable SocketWrapperBase<?> wrapper) {
        SocketChannel channel = channelOf(wrapper);
        return channel == null ? null : guarded.get(channel);
    }

    void forget(SocketWrapperBase<NioChannel> wrapper) {
        SocketChannel channel = channelOf(wrapper);
        if (channel != null) {
            forget(channel);
        }
    }

    /** It is closed, or will be. */
    void forget(SocketChannel channel) {
        GuardedConnection connection = guarded.remove(channel);
        if (connection != null) {
            connection.closed();
        }
    }

    /** The same of one that Tomcat did not take, and that may not be here. */
    void forget(GuardedConnection connection) {
        guarded.remove(connection.channel());
        connection.closed();
    }

    private static @Nullable SocketChannel channelOf(@Nullable SocketWrapperBase<?> wrapper) {
        return wrapper != null && wrapper.getSocket() instanceof NioChannel socket ? socket.getIOChannel() : null;
    }

    Collection<GuardedConnection> all() {
        return guarded.values();
    }

    int size() {
        return guarded.size();
    }

    /** The connection whose event this thread processes; null if none. */
    @Nullable GuardedConnection onThisThread() {
        return current.get();
    }

    /** An Error passes, on the thread whose connection it closes. */
    void noteError() {
        GuardedConnection connection = onThisThread();
        if (connection != null) {
            connection.run().error();
        }
    }

    /** Sets it; returns the one before. */
    @Nullable GuardedConnection onThisThread(@Nullable GuardedConnection connection) {
        GuardedConnection before = current.get();
        current.set(connection);
        return before;
    }
}
