/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardServer;
import org.apache.catalina.core.StandardService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All connectors of a server, those that come and go while it runs, too. */
final class GuardedServer implements PropertyChangeListener {
    private static final Logger log = LoggerFactory.getLogger(GuardedServer.class);

    private final Server server;
    private final AdmissionControl guard;
    private final Map<Service, StockConnectors> stock = new HashMap<>();
    private final Map<Connector, ConnectorLife> guarded = new HashMap<>();

    private GuardedServer(Server server, AdmissionControl guard) {
        this.server = server;
        this.guard = guard;
    }

    /**
     * Guards them as far as each can be, and says how far that is.
     *
     * @throws IllegalStateException if the guard does not run, or another one has a connector
     */
    static GuardedServer guard(Server server, AdmissionControl guard) {
        GuardedServer all = new GuardedServer(server, guard);
        try {
            all.begin();
        } catch (RuntimeException e) {
            all.restore();
            throw e;
        }
        return all;
    }

    private synchronized void begin() {
        if (server instanceof StandardServer standard) {
            standard.addPropertyChangeListener(this);
        }
        for (Service service : server.findServices()) {
            add(service);
        }
    }

    private void add(Service service) {
        if (service instanceof StandardService standard) {
            standard.addPropertyChangeListener(this);
        }
        for (Connector connector : service.findConnectors()) {
            add(service, connector);
        }
    }

    private void add(Service service, Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
            // Where it has not started: health is down until it accepts.
            protocol.guardWith(guard);
            guarded.put(
                    connector, ConnectorLife.follow(connector, protocol.forwarded(connector), () -> protocol.endpoint()
                            .guarding()
                            .gone()));
        } else if (service.getContainer() != null) {
            stock.computeIfAbsent(service, of -> new StockConnectors(of.getContainer()))
                    .add(connector, guard);
        }
    }

    private void remove(Service service, Connector connector) {
        ConnectorLife life = guarded.remove(connector);
        if (life != null) {
            life.end();
            unguard(connector);
        }
        StockConnectors others = stock.get(service);
        if (others != null) {
            others.remove(connector);
        }
    }

    private static void unguard(Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
            protocol.unguard();
        }
    }

    @Override
    public synchronized void propertyChange(PropertyChangeEvent change) {
        try {
            if (change.getSource() instanceof Service service && "connector".equals(change.getPropertyName())) {
                if (change.getOldValue() instanceof Connector old) {
                    remove(service, old);
                }
                if (change.getNewValue() instanceof Connector fresh) {
                    add(service, fresh);
                }
            } else if ("service".equals(change.getPropertyName())) {
                if (change.getOldValue() instanceof Service old) {
                    remove(old);
                }
                if (change.getNewValue() instanceof Service fresh) {
                    add(fresh);
                }
            }
        } catch (RuntimeException e) {
            // The server is worth more than its guard.
            log.warn("tcpguard is not active on what was added to the server: {}", change.getNewValue(), e);
        }
    }

    private void remove(Service service) {
        if (service instanceof StandardService standard) {
            standard.removePropertyChangeListener(this);
        }
        for (Connector connector : service.findConnectors()) {
            remove(service, connector);
        }
        StockConnectors others = stock.remove(service);
        if (others != null) {
            others.restore();
        }
    }

    /** Undoes all that {@link #guard} did. */
    synchronized void restore() {
        if (server instanceof StandardServer standard) {
            standard.removePropertyChangeListener(this);
        }
        for (Service service : server.findServices()) {
            remove(service);
        }
        stock.values().forEach(StockConnectors::restore);
        stock.clear();
        guarded.forEach((connector, life) -> {
            life.end();
            unguard(connector);
        });
        guarded.clear();
    }
}
