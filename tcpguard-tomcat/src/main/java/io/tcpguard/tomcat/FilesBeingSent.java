/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.nio.channels.SelectionKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose answer is sent from a file (sendfile), by the poller or, in HTTP/2, by completion handlers. Tomcat
 * tells nobody when the last byte is out and the connection is idle, so the acceptor looks now and then, and a drain.
 *
 * <p>In HTTP/1.1 the connection itself shows the file. In HTTP/2 nothing does: there it counts as being sent until
 * nothing was written for longer than Tomcat itself waits for a client to take more, and then closes the stream.
 */
final class FilesBeingSent {
    private static final long PERIOD_NANOS = 100_000_000;

    /** @param patienceMillis 0: HTTP/1.1 */
    private record Sending(NioSocketWrapper wrapper, long patienceMillis) {
        boolean over() {
            if (wrapper.isClosed()) {
                return true;
            }
            if (patienceMillis == 0) {
                return wrapper.getSendfileData() == null;
            }
            boolean waitsToWrite = (wrapper.interestOps() & SelectionKey.OP_WRITE) != 0;
            return !waitsToWrite && System.currentTimeMillis() - wrapper.getLastWrite() > patienceMillis;
        }
    }

    private final Map<GuardedConnection, Sending> sending = new ConcurrentHashMap<>();
    private volatile long sweptAt = System.nanoTime();

    /** A request of HTTP/1.1, which began as work, is answered by a file; null: its connection is closed already. */
    void add(GuardedConnection connection, @Nullable NioSocketWrapper wrapper) {
        if (wrapper != null) {
            sending.put(connection, new Sending(wrapper, 0));
        }
    }

    /**
     * So is a stream of HTTP/2. From now on this is work of its own.
     *
     * @param patienceMillis for how long Tomcat waits for the client to take more
     */
    void addStream(GuardedConnection connection, @Nullable NioSocketWrapper wrapper, long patienceMillis) {
        if (wrapper != null) {
            sending.computeIfAbsent(
                    connection, c -> c.streamBegins() ? new Sending(wrapper, Math.max(1, patienceMillis)) : null);
        }
    }

    /** Something happens on this connection: if it was a file that was sent, it may be out. */
    void look(GuardedConnection connection) {
        Sending file = sending.isEmpty() ? null : sending.get(connection);
        if (file != null && file.over()) {
            end(connection, file);
        }
    }

    private void end(GuardedConnection connection, Sending file) {
        if (!sending.remove(connection, file)) {
            return;
        }
        if (file.patienceMillis == 0) {
            connection.requestsEnded();
        } else {
            connection.streamEnded();
        }
    }

    /** A look at all of them, unless there was one just before. Any thread. */
    void sweep() {
        if (sending.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        if (now - sweptAt < PERIOD_NANOS) {
            return;
        }
        sweptAt = now;
        sending.forEach((connection, file) -> {
            if (file.over()) {
                end(connection, file);
            }
        });
    }
}
