/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LowResourceMonitor;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Embedded Jetty with all that it has against too many connections. */
final class JettyServer {
    /** The monitor must act before the limit is reached, or it comes too late to do anything. */
    private static final double LOW_AT = 0.85;

    private JettyServer() {}

    /** Returns its port. */
    static int start(Contestant contestant, int connections, int workMillis) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(connections, connector));
        // By default it looks once a second and then ends connections that are idle for a second.
        LowResourceMonitor monitor = new LowResourceMonitor(server);
        if (contestant == Contestant.JETTY_FITTED) {
            monitor.setLowResourcesIdleTimeout(5_000);
        }
        // Unless told which connectors to look at, the check for connections counts none.
        monitor.setMonitoredConnectors(List.of(connector));
        monitor.addLowResourceCheck(monitor.new MaxConnectionsLowResourceCheck((int) (connections * LOW_AT)));
        server.addBean(monitor);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                byte[] body = Work.done(workMillis);
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
        return connector.getLocalPort();
    }
}
