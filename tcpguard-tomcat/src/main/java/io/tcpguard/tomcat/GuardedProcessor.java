/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import java.io.IOException;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Tomcat's processor of HTTP/1.1, whose Errors are noted before Tomcat swallows them. */
final class GuardedProcessor extends Http11Processor {
    private final GuardedNioEndpoint endpoint;
    private final BodyReads body;

    GuardedProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter, GuardedNioEndpoint endpoint) {
        super(protocol, adapter);
        this.endpoint = endpoint;
        this.body = new BodyReads(request.getInputBuffer());
        request.setInputBuffer(body);
    }

    @Override
    public SocketState process(SocketWrapperBase<?> wrapper, SocketEvent event) throws IOException {
        GuardedConnection connection = endpoint.registry().onThisThread();
        body.of(connection);
        if (connection != null) {
            connection.reads(request);
        }
        try {
            return super.process(wrapper, event);
        } catch (Error e) {
            endpoint.registry().noteError();
            throw e;
        } finally {
            if (connection != null) {
                // Or it would keep Tomcat's buffers as long as it is open.
                connection.reads(null);
            }
        }
    }

    /** Whether an asynchronous request goes on when more of its body comes. */
    boolean waitsForBody() {
        return waitsForBody(request);
    }

    static boolean waitsForBody(Request request) {
        return ReadListeners.has(request)
                && !request.isFinished()
                && request.getInputBuffer().available() <= 0;
    }
}
