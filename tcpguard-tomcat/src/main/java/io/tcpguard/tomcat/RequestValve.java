/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;

/**
 * The valve that answers 503 to waiting requests of connectors with Tomcat's own protocol. In the engine's pipeline,
 * because that gives it back at once: an adapter put around Tomcat's stays in the request processors that Tomcat pools,
 * and those that are pooled already go without it.
 */
final class RequestValve extends RefusingValve {
    private final Map<Connector, StockConnector> stock = new ConcurrentHashMap<>();

    void add(StockConnector connector) {
        stock.put(connector.connector(), connector);
    }

    void remove(Connector connector) {
        stock.remove(connector);
    }

    @Override
    boolean refuses(Request request, Response response) throws IOException {
        StockConnector from = request.isAsyncDispatching() ? null : stock.get(request.getConnector());
        return from != null && from.refuses(request.getCoyoteRequest(), response.getCoyoteResponse());
    }
}
