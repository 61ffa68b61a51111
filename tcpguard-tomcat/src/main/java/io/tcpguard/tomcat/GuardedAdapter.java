/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardedListener;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * The adapter between Tomcat's protocol and its container: the request's head is read and nothing else was done for it.
 * Work begins here, or is refused.
 */
final class GuardedAdapter implements Adapter {

    /** What this adapter needs to know of its connector. */
    interface ConnectorView {
        @Nullable GuardedListener listener();

        /** The connection whose event this thread processes; null if it is not known. */
        @Nullable GuardedConnection connection();

        /** Where requests have a thread each; null: they share a pool. */
        @Nullable UnpooledWork unpooled();

        /** Whether answers end their connection, because the server is about to stop. */
        boolean leaving();
    }

    private final Adapter delegate;
    private final ConnectorView connector;
    private final RequestGate gate;

    GuardedAdapter(Adapter delegate, ConnectorView connector, RequestGate gate) {
        this.delegate = delegate;
        this.connector = connector;
        this.gate = gate;
    }

    Adapter delegate() {
        return delegate;
    }

    ConnectorView connector() {
        return connector;
    }

    RequestGate gate() {
        return gate;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        GuardedConnection connection = connector.connection();
        if (connection != null && !connection.requestBegins(request)) {
            connection.ends();
            response.action(ActionCode.CLOSE_NOW, null);
            return;
        }
        GuardedListener listener = connector.listener();
        if (gate.refuses(listener, request, connection == null ? null : connection.source())) {
            if (connection != null && listener != null && listener.mayReset()) {
                // Slots for TIME_WAIT are short, and the server would be the first to close.
                RequestGate.drop(response, listener, connection);
            } else {
                if (connection != null) {
                    connection.ends();
                }
                RequestGate.answerAndLog(delegate, request, response, listener);
                RefusedBody.swallow(request, connection == null ? null : connection.wrapper());
            }
            return;
        }
        if (connection == null && connector.leaving()) {
            // Of the others Tomcat is told: see endsWithAnswer.
            response.setHeader("Connection", "close");
        }
        serve(request, response);
        if (connection != null && mayHaveBody(request) && !request.isFinished()) {
            // Unless it is asynchronous, Tomcat takes the rest of the body now, and may wait for it.
            connection.restAwaited(true);
        }
    }

    /** Most requests have none, and to ask for it makes garbage. */
    @SuppressWarnings("deprecation") // Tomcat 9 has nothing else
    private static boolean mayHaveBody(Request request) {
        return !request.method().equals("GET");
    }

    /** The application's part, counted where nothing else shows that it stands still. */
    void serve(Request request, Response response) throws Exception {
        UnpooledWork work = connector.unpooled();
        if (work == null) {
            delegate.service(request, response);
            return;
        }
        work.begins();
        try {
            delegate.service(request, response);
        } finally {
            work.ends();
        }
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return delegate.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        return delegate.asyncDispatch(request, response, event);
    }

    @Override
    public void log(Request request, Response response, long time) {
        delegate.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        delegate.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return delegate.getDomain();
    }
}
