package io.tcpguard.tomcat;

import io.tcpguard.admission.GuardedListener;
import java.util.concurrent.Executor;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.Adapter;
import org.apache.coyote.ProtocolHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be had of a connector that has Tomcat's own protocol: 503 by its adapter, and a watch on its work. */
final class StockConnector implements GuardedAdapter.Place {
    private static final Logger log = LoggerFactory.getLogger(StockConnector.class);

    private final ProtocolHandler protocol;
    private final Adapter original;
    private final GuardedAdapter installed;
    private final @Nullable AutoCloseable canary;
    private volatile @Nullable Guard guard;

    private StockConnector(Connector connector, Guard guard) {
        this.protocol = connector.getProtocolHandler();
        this.original = protocol.getAdapter();
        this.guard = guard;
        this.installed = new GuardedAdapter(original, this, new RequestGate());
        protocol.setAdapter(installed);
        Executor executor = protocol.getExecutor();
        this.canary = executor == null ? null : guard.watchWork(connector.toString(), executor);
    }

    static StockConnector guard(Connector connector, Guard guard) {
        return new StockConnector(connector, guard);
    }

    void restore() {
        // Tomcat keeps request processors, and those keep the adapter that they began with: it only passes through from
        // here on.
        guard = null;
        if (protocol.getAdapter() == installed) {
            protocol.setAdapter(original);
        }
        if (canary != null) {
            try {
                canary.close();
            } catch (Exception e) {
                log.warn("The watch on the work of {} did not end", protocol, e);
            }
        }
    }

    @Override
    public @Nullable Guard guard() {
        return guard;
    }

    @Override
    public @Nullable GuardedListener listener() {
        return null;
    }

    @Override
    public @Nullable GuardedConnection connection() {
        return null;
    }

    @Override
    public boolean leaving() {
        return false;
    }
}
