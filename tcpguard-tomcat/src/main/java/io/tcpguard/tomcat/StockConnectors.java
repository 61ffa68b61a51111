/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Engine;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connectors of one service that have Tomcat's own protocol, and the valve that stands before all their requests.
 */
final class StockConnectors {
    private static final Logger log = LoggerFactory.getLogger(StockConnectors.class);

    private final Engine engine;
    private final RequestValve valve = new RequestValve();
    private final Map<Connector, StockConnector> connectors = new HashMap<>();

    /** None of them yet. */
    StockConnectors(Engine engine) {
        this.engine = engine;
    }

    /** Guards it as far as it can be, and says how far that is. */
    void add(Connector connector, AdmissionControl guard) {
        StockConnector guarded = StockConnector.guard(connector, guard);
        if (connectors.isEmpty()) {
            engine.getPipeline().addValve(valve);
        }
        connectors.put(connector, guarded);
        valve.add(guarded);
        boolean tcp = connector.getProperty("unixDomainSocketPath") == null;
        log.info(
                "{}: active: 503 while work is stalled, watch on its {}work. Not active: {}refusal at accept and "
                        + "eviction of idle connections, because its protocol is {}{}",
                connector,
                tcp ? "accept queue and its " : "",
                tcp ? "" : "watch on its accept queue, which shows of TCP only; ",
                connector.getProtocolHandlerClassName(),
                remedy(connector));
    }

    /** There is one for HTTP over TCP only. */
    private static String remedy(Connector connector) {
        return connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?>
                ? " (set protocol=\"" + GuardedHttp11NioProtocol.class.getName() + "\")"
                : ", which can't have them";
    }

    /** It is gone; does nothing if it was not here. */
    void remove(Connector connector) {
        StockConnector gone = connectors.remove(connector);
        if (gone != null) {
            gone.restore();
            valve.remove(connector);
            if (connectors.isEmpty()) {
                engine.getPipeline().removeValve(valve);
            }
        }
    }

    void restore() {
        List.copyOf(connectors.keySet()).forEach(this::remove);
    }
}
