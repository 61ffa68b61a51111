package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.GuardedHttp11NioProtocol;
import io.tcpguard.tomcat.TomcatGuard;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactory;

/** Gives Tomcat the guarded protocol, and the connector its guard. */
final class TomcatServers implements WebServerGuard {
    private static final Logger log = LoggerFactory.getLogger(TomcatServers.class);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();

    @Override
    public boolean guard(WebServerFactory factory, TcpGuard guard) {
        Method setProtocol = method(factory, "setProtocol", String.class);
        FactoryCustomizers customizers = FactoryCustomizers.of(
                        factory, "addConnectorCustomizers", "TomcatConnectorCustomizer")
                .orElse(null);
        if (setProtocol == null || customizers == null) {
            return false;
        }
        try {
            setProtocol.invoke(factory, GuardedHttp11NioProtocol.class.getName());
            customizers.add(made -> {
                if (made instanceof Connector connector) {
                    guard(guard, connector);
                }
                return null;
            });
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "tcpguard can't be put on " + factory.getClass().getName(), e);
        }
        return true;
    }

    @Override
    public void drain(TcpGuard guard, Duration notice, Duration finish) throws InterruptedException {
        TomcatGuard.drain(guard, connectors, notice, finish);
    }

    private static @Nullable Method method(WebServerFactory factory, String name, Class<?> parameter) {
        try {
            return factory.getClass().getMethod(name, parameter);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private void guard(TcpGuard guard, Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol) {
            TomcatGuard.attach(guard.start(), connector);
            connectors.add(connector);
        } else {
            log.warn(
                    "tcpguard is not active on {}: the application gave it the protocol {}",
                    connector,
                    connector.getProtocolHandlerClassName());
        }
    }
}
