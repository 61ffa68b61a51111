package io.tcpguard.tomcat;

import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import java.util.concurrent.Executor;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be had of a connector that has Tomcat's own protocol, from when it starts to when it stops: 503 while work waits, and a watch
 * on its work, its accept queue and how many connections it holds.
 */
final class StockConnector implements LifecycleListener, ListenerControl {
    private static final Logger log = LoggerFactory.getLogger(StockConnector.class);

    private final Connector connector;
    private final Guard guard;
    private final RequestGate gate = new RequestGate();
    private volatile @Nullable GuardedListener listener;
    private @Nullable AutoCloseable canary;

    private StockConnector(Connector connector, Guard guard) {
        this.connector = connector;
        this.guard = guard;
    }

    /** Guards it, whether it runs already or is yet to be started. */
    static StockConnector guard(Connector connector, Guard guard) {
        StockConnector stock = new StockConnector(connector, guard);
        connector.addLifecycleListener(stock);
        if (connector.getState().isAvailable()) {
            stock.begin(connector.getLocalPort());
        } else if (connector.getPort() > 0) {
            // Health speaks about this connector from here on: down until it accepts.
            stock.listen(connector.getPortWithOffset());
        }
        return stock;
    }

    Connector connector() {
        return connector;
    }

    /** Undoes what {@link #guard} did. */
    void restore() {
        connector.removeLifecycleListener(this);
        unwatchWork();
        unlisten();
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (Lifecycle.AFTER_START_EVENT.equals(event.getType())) {
            try {
                begin(connector.getLocalPort());
            } catch (IllegalStateException e) {
                // The guard was closed since. That must not keep a server from starting.
                log.warn("{} starts without a guard: {}", connector, e.getMessage());
            }
        } else if (Lifecycle.BEFORE_STOP_EVENT.equals(event.getType())) {
            // Before its executor ends.
            unwatchWork();
        }
    }

    private synchronized void begin(int port) {
        unwatchWork();
        if (port > 0) {
            listen(port);
        }
        Executor executor = connector.getProtocolHandler().getExecutor();
        canary = executor == null ? null : guard.watchWork(name(), executor);
    }

    private synchronized void listen(int port) {
        GuardedListener old = listener;
        listener = guard.listen(name(), port, this);
        if (old != null) {
            old.close();
        }
    }

    private synchronized void unlisten() {
        GuardedListener old = listener;
        listener = null;
        if (old != null) {
            old.close();
        }
    }

    private synchronized void unwatchWork() {
        AutoCloseable old = canary;
        canary = null;
        if (old != null) {
            try {
                old.close();
            } catch (Exception e) {
                log.warn("The watch on the work of {} did not end", connector, e);
            }
        }
    }

    private String name() {
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                ? protocol.getName().replace("\"", "")
                : connector.toString();
    }

    /** True: the request was refused, and is answered. */
    boolean refuses(Request request, Response response) {
        if (!gate.refuses(guard, request, null)) {
            return false;
        }
        RequestGate.answer(response, listener);
        return true;
    }

    @Override
    public boolean accepting() {
        return connector.getState().isAvailable();
    }

    @Override
    public boolean full() {
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                && protocol.getMaxConnections() > 0
                && protocol.getConnectionCount() >= protocol.getMaxConnections();
    }

    /** Tomcat's own count; none with {@code maxConnections="-1"}, which switches it off. */
    @Override
    public int unasked() {
        if (!(connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol)) {
            return 0;
        }
        // The acceptor counts one more before it waits for it.
        return (int) Math.max(0, protocol.getConnectionCount() - 1);
    }

    @Override
    public int backlog() {
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol ? protocol.getAcceptCount() : 0;
    }
}
