/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.jspecify.annotations.Nullable;

/**
 * The valve that answers 503 to waiting requests of connectors with Tomcat's own protocol. In the engine's pipeline,
 * because that gives it back at once: an adapter put around Tomcat's stays in the request processors that Tomcat pools,
 * and those that are pooled already go without it.
 *
 * <p>Not a {@code ValveBase}: nothing of it is registered anywhere. Declares {@link IOException} only, so that it loads
 * in Tomcat 9, too.
 */
final class RequestValve implements Valve {
    private final Map<Connector, StockConnector> stock = new ConcurrentHashMap<>();
    private volatile @Nullable Valve next;

    void add(StockConnector connector) {
        stock.put(connector.connector(), connector);
    }

    void remove(Connector connector) {
        stock.remove(connector);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException {
        StockConnector from = request.isAsyncDispatching() ? null : stock.get(request.getConnector());
        if (from != null && from.refuses(request.getCoyoteRequest(), response.getCoyoteResponse())) {
            return;
        }
        pass(next, request, response);
    }

    /** To the next one; what it throws passes through, whatever the servlet API calls it. */
    static void pass(@Nullable Valve after, Request request, Response response) {
        if (after != null) {
            try {
                after.invoke(request, response);
            } catch (Exception e) {
                throw RequestValve.<RuntimeException>asItIs(e);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> E asItIs(Exception e) throws E {
        throw (E) e;
    }

    @Override
    public @Nullable Valve getNext() {
        return next;
    }

    @Override
    public void setNext(@Nullable Valve valve) {
        next = valve;
    }

    @Override
    public void backgroundProcess() {
        // Nothing to do now and then.
    }

    /** True, or no request behind it could be asynchronous. */
    @Override
    public boolean isAsyncSupported() {
        return true;
    }
}
