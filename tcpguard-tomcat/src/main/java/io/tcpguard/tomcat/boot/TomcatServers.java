package io.tcpguard.tomcat.boot;

import io.tcpguard.TcpGuard;
import io.tcpguard.boot.WebServerGuard;
import io.tcpguard.tomcat.GuardedHttp11NioProtocol;
import io.tcpguard.tomcat.TomcatGuard;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactory;

/**
 * Gives Tomcat the guarded protocol, and the connector its guard.
 *
 * <p>Tomcat's factory and {@code TomcatConnectorCustomizer} have other packages in Boot 3.5 than in 4, with the same methods; so the
 * methods are found by name, and a proxy stands for the customizer.
 */
final class TomcatServers implements WebServerGuard {
    private static final Logger log = LoggerFactory.getLogger(TomcatServers.class);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();

    @Override
    public boolean guard(WebServerFactory factory, TcpGuard guard) {
        Method setProtocol = method(factory, "setProtocol", String.class);
        Method addCustomizers = Arrays.stream(factory.getClass().getMethods())
                .filter(method -> "addConnectorCustomizers".equals(method.getName()) && method.isVarArgs())
                .findFirst()
                .orElse(null);
        if (setProtocol == null || addCustomizers == null) {
            return false;
        }
        try {
            Class<?> type = addCustomizers.getParameterTypes()[0].getComponentType();
            Object customizers = Array.newInstance(type, 1);
            Array.set(
                    customizers,
                    0,
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (proxy, method, arguments) -> called(guard, proxy, method, arguments)));
            setProtocol.invoke(factory, GuardedHttp11NioProtocol.class.getName());
            addCustomizers.invoke(factory, customizers);
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

    private @Nullable Object called(TcpGuard guard, Object proxy, Method method, Object @Nullable [] arguments) {
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        return switch (method.getName()) {
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> TomcatServers.class.getName();
            default -> {
                if (first instanceof Connector connector) {
                    guard(guard, connector);
                }
                yield null;
            }
        };
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
