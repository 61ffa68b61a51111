/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.ListenerRegistration;
import java.io.IOException;
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
 * What can be had of a connector that has Tomcat's own protocol, from when it starts to when it stops: 503 while work
 * waits, and a watch on its work, its accept queue and how many connections it holds.
 */
final class StockConnector implements LifecycleListener, ListenerControl {
    private static final Logger log = LoggerFactory.getLogger(StockConnector.class);

    private final Connector connector;
    private final AdmissionControl guard;
    private final RequestGate gate = new RequestGate();
    private final ListenerRegistration watch = new ListenerRegistration();
    private final StockEndpoint endpoint;
    private final ConnectorLife life;
    private final @Nullable ServiceWatch service;

    private StockConnector(Connector connector, AdmissionControl guard) {
        this.connector = connector;
        this.guard = guard;
        this.endpoint = new StockEndpoint(connector.getProtocolHandler());
        this.service = endpoint.watchService(guard);
        this.life =
                ConnectorLife.follow(connector, new ForwardedValve(connector, gate, watch::listener), watch::unlisten);
    }

    /** Guards it, whether it runs already or is yet to be started. */
    static StockConnector guard(Connector connector, AdmissionControl guard) {
        StockConnector stock = new StockConnector(connector, guard);
        connector.addLifecycleListener(stock);
        if (connector.getState().isAvailable()) {
            stock.begin();
        } else {
            // Health speaks about this connector from here on: down until it accepts.
            stock.listen(connector.getPort() > 0 ? connector.getPortWithOffset() : 0);
        }
        return stock;
    }

    Connector connector() {
        return connector;
    }

    /** Undoes what {@link #guard} did. */
    void restore() {
        life.end();
        connector.removeLifecycleListener(this);
        watch.unwatchWork(name());
        watch.unlisten();
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (Lifecycle.AFTER_START_EVENT.equals(event.getType())) {
            try {
                begin();
            } catch (IllegalStateException e) {
                // The guard was closed since. That must not keep a server from starting.
                log.warn("{} starts without a guard: {}", connector, e.getMessage());
            }
        } else if (Lifecycle.BEFORE_STOP_EVENT.equals(event.getType())) {
            // Before its executor ends.
            watch.unwatchWork(name());
        }
    }

    private synchronized void begin() {
        // Not of the Unix domain's, and not before it is bound.
        listen(Math.max(0, connector.getLocalPort()));
        watch.watchWork(guard, name(), connector.getProtocolHandler().getExecutor());
    }

    private void listen(int port) {
        watch.listen(guard, name(), port, this);
    }

    private String name() {
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                ? protocol.getName().replace("\"", "")
                : connector.toString();
    }

    /** True: the request was refused, and is answered. */
    boolean refuses(Request request, Response response) throws IOException {
        if (service != null) {
            service.dispatched();
        }
        if (!gate.refuses(watch.listener(), request, null)) {
            return false;
        }
        RequestGate.answer(response, watch.listener());
        return true;
    }

    @Override
    public boolean accepting() {
        return connector.getState().isAvailable() && endpoint.accepting();
    }

    @Override
    public boolean serving() {
        return service == null
                || !connector.getState().isAvailable()
                || !endpoint.accepting()
                || service.serving(endpoint.poller(), System.nanoTime());
    }

    @Override
    public boolean full() {
        return endpoint.full();
    }

    @Override
    public int maxConnections() {
        return endpoint.maxConnections();
    }

    @Override
    public boolean asksForEach() {
        return false;
    }

    @Override
    public int untrackedConnections() {
        return endpoint.open();
    }

    @Override
    public int backlog() {
        return endpoint.backlog();
    }

    @Override
    public boolean anyPort() {
        return connector.getPort() == 0;
    }
}
