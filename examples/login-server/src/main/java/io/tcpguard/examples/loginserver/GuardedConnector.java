package io.tcpguard.examples.loginserver;

import io.tcpguard.TcpGuard;
import org.apache.catalina.connector.Connector;

/** All that it takes to guard a Tomcat. */
final class GuardedConnector {
    private GuardedConnector() {}

    static Connector create(TcpGuard guard) {
        throw new IllegalStateException("no adapter yet, health port " + guard.healthPort());
    }
}
