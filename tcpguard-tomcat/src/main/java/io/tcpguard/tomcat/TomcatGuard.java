package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import java.time.Duration;
import java.util.ArrayList;
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
     * A connector under guard, to be added to a service. Its other settings are Tomcat's, untouched.
     *
     * @param guard a running one
     * @param port 0..65535; 0: any free one
     * @throws IllegalStateException if the guard does not run
     */
    public static Connector connector(TcpGuard guard, int port) {
        GuardedHttp11NioProtocol protocol = new GuardedHttp11NioProtocol();
        Connector connector = new Connector(protocol);
        connector.setPort(port);
        protocol.guardWith(guard);
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
        protocol.guardWith(guard);
    }

    /**
     * Takes a server out of service without losing a request: fails health, waits for the load balancers to notice, then lets each
     * connection end with its next answer, and stops the server when all are closed or the time is up. Blocks as long as that
     * takes.
     *
     * @param notice time for the load balancers to see that health is down: check interval × (retries + 1) is enough
     * @param finish longest time to wait for connections to end by themselves
     * @throws LifecycleException if Tomcat does not stop
     * @throws InterruptedException if interrupted while waiting; the server then runs on, health is down
     */
    public static void drainAndStop(TcpGuard guard, Server server, Duration notice, Duration finish)
            throws LifecycleException, InterruptedException {
        drain(guard, protocolsOf(server), notice, finish);
        server.stop();
    }

    static void drain(TcpGuard guard, List<GuardedHttp11NioProtocol> protocols, Duration notice, Duration finish)
            throws InterruptedException {
        guard.drain("stopping");
        Thread.sleep(notice.toMillis());
        protocols.forEach(protocol -> protocol.leave(true));
        try {
            long deadline = System.nanoTime() + finish.toNanos();
            while (protocols.stream().anyMatch(protocol -> protocol.getGuardedConnections() > 0)
                    && System.nanoTime() - deadline < 0) {
                Thread.sleep(20);
            }
        } finally {
            protocols.forEach(protocol -> protocol.leave(false));
        }
    }

    static List<GuardedHttp11NioProtocol> protocolsOf(Server server) {
        List<GuardedHttp11NioProtocol> protocols = new ArrayList<>();
        for (Service service : server.findServices()) {
            for (Connector connector : service.findConnectors()) {
                if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
                    protocols.add(protocol);
                }
            }
        }
        return protocols;
    }
}
