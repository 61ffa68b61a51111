/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.Drain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;

/**
 * The way in for embedded Tomcat:
 *
 * <pre>{@code
 * TcpGuard guard = TcpGuard.builder().healthPort(8081).build().start();
 * tomcat.setConnector(TomcatGuard.connector(guard, 8080));
 * }</pre>
 */
public final class TomcatGuard {
    private TomcatGuard() {}

    /**
     * A connector under guard, to be added to a service. Its other settings are Tomcat's own.
     *
     * @param guard a running one
     * @param port 0..65535; 0: any free one
     * @throws IllegalStateException if the guard does not run
     */
    public static Connector connector(TcpGuard guard, int port) {
        GuardedHttp11NioProtocol protocol = new GuardedHttp11NioProtocol();
        Connector connector = new Connector(protocol);
        connector.setPort(port);
        attach(guard, connector);
        return connector;
    }

    /**
     * Puts a connector under guard that was made elsewhere, with {@link GuardedHttp11NioProtocol} as its protocol.
     *
     * @throws IllegalArgumentException if it has another protocol, which can't refuse at accept
     * @throws IllegalStateException if another guard has it, or this one does not run
     */
    public static void attach(TcpGuard guard, Connector connector) {
        if (!(connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol)) {
            throw new IllegalArgumentException("connector " + connector + " with protocol "
                    + connector.getProtocolHandlerClassName() + " (expected: "
                    + GuardedHttp11NioProtocol.class.getName() + ")");
        }
        if (protocol.endpoint().guarding().guard() != guard) {
            protocol.guardWith(guard);
            if (ConnectorLife.isFollowed(connector)) {
                // Since it was under guard before.
                return;
            }
            ConnectorLife.follow(
                    connector,
                    protocol.forwarded(connector),
                    protocol.endpoint().guarding()::gone);
        }
    }

    /**
     * Guards all connectors of a server, each as far as it can be, those that come while it runs, too. One with another
     * protocol than {@link GuardedHttp11NioProtocol} gets 503 while work is stalled, and a watch on its accept queue,
     * its work and its clients. The log says of each what is active and what is not.
     *
     * @param guard a running one
     * @return undoes it for all of them; throws nothing
     * @throws IllegalStateException if the guard does not run, or another one has a connector
     */
    public static AutoCloseable guard(TcpGuard guard, Server server) {
        GuardedServer all = GuardedServer.guard(server, guard);
        return all::restore;
    }

    /**
     * Takes a server out of service without losing a request: fails health, and waits for the load balancers to notice.
     * In the second half of that time answers of HTTP/1.1 end their connections and HTTP/2 clients get a GOAWAY; then
     * idle connections are closed, WebSocket clients get a close frame, and requests in progress are waited for. Stops
     * the server as soon as there are none, or when the time is up. Blocks as long as that takes.
     *
     * @param notice time for the load balancers to see that health is down: check interval × (retries + 1) is enough
     * @param finish longest time to wait after that for requests in progress, and for who was told to go
     * @throws LifecycleException if Tomcat does not stop
     * @throws InterruptedException if interrupted while waiting; the server then runs on, health is down
     */
    public static void drainAndStop(TcpGuard guard, Server server, Duration notice, Duration finish)
            throws LifecycleException, InterruptedException {
        drain(guard, protocolsOf(server), notice, finish);
        server.stop();
    }

    /**
     * Does the same when the JVM shuts down (SIGTERM, {@link System#exit}), and closes the guard then: for embedded
     * servers, which have no shutdown hook of their own. Forgotten when the server is stopped before that. In {@code
     * server.xml} the attributes of {@link TcpGuardListener} do it, since Tomcat has a hook; Spring Boot has its own,
     * too.
     *
     * @param notice as for {@link #drainAndStop}
     * @param finish as for {@link #drainAndStop}; whoever ends the JVM must be ready to wait as long as both
     * @throws IllegalStateException if the JVM shuts down already
     */
    public static void drainAtShutdown(TcpGuard guard, Server server, Duration notice, Duration finish) {
        new ShutdownDrain(guard, server, notice, finish).install();
    }

    /**
     * The same as {@link #drainAndStop} without the stop, for whoever stops the server by other means. Answers end
     * their connections until the connector is started again. Connectors without {@link GuardedHttp11NioProtocol} are
     * passed over.
     *
     * @throws InterruptedException if interrupted while waiting; the server then runs on, health is down
     */
    public static void drain(TcpGuard guard, Collection<Connector> connectors, Duration notice, Duration finish)
            throws InterruptedException {
        drain(guard, protocolsOf(connectors), notice, finish);
    }

    static void drain(TcpGuard guard, List<GuardedHttp11NioProtocol> protocols, Duration notice, Duration finish)
            throws InterruptedException {
        Drain.run(guard, new TomcatDrain(protocols), notice, finish);
    }

    private static List<GuardedHttp11NioProtocol> protocolsOf(Collection<Connector> connectors) {
        return connectors.stream()
                .map(Connector::getProtocolHandler)
                .filter(GuardedHttp11NioProtocol.class::isInstance)
                .map(GuardedHttp11NioProtocol.class::cast)
                .toList();
    }

    static List<GuardedHttp11NioProtocol> protocolsOf(Server server) {
        List<GuardedHttp11NioProtocol> protocols = new ArrayList<>();
        for (Service service : server.findServices()) {
            protocols.addAll(protocolsOf(Arrays.asList(service.findConnectors())));
        }
        return protocols;
    }
}
