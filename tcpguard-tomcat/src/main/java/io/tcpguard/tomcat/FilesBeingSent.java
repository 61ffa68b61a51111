package io.tcpguard.tomcat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;

/**
 * Connections whose answer the poller sends from a file (sendfile). Tomcat tells nobody when the last byte is out and the connection
 * is idle, so the acceptor looks now and then.
 */
final class FilesBeingSent {
    private static final long PERIOD_NANOS = 100_000_000;

    private final Map<GuardedConnection, NioSocketWrapper> sending = new ConcurrentHashMap<>();
    private long sweptAt = System.nanoTime();

    void add(GuardedConnection connection, NioSocketWrapper wrapper) {
        sending.put(connection, wrapper);
    }

    /** The connection's next event is here: the file, if there was one, is out. */
    void ended(GuardedConnection connection) {
        if (!sending.isEmpty() && sending.remove(connection) != null) {
            connection.requestsEnded();
        }
    }

    /** Called on the acceptor's thread only. */
    void sweep() {
        if (sending.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        if (now - sweptAt < PERIOD_NANOS) {
            return;
        }
        sweptAt = now;
        sending.forEach((connection, wrapper) -> {
            if (wrapper.isClosed() || wrapper.getSendfileData() == null) {
                ended(connection);
            }
        });
    }
}
