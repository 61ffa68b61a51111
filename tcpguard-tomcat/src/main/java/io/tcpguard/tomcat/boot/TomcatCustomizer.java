package io.tcpguard.tomcat.boot;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.GuardedHttp11NioProtocol;
import io.tcpguard.tomcat.TomcatGuard;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Gives Tomcat the guarded protocol, and the connector its guard.
 *
 * <p>Tomcat's factory and {@code TomcatConnectorCustomizer} have other packages in Boot 3.5 than in 4, with the same methods; so the
 * methods are found by name, and a proxy stands for the customizer.
 */
final class TomcatCustomizer implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {
    private static final Logger log = LoggerFactory.getLogger(TomcatCustomizer.class);

    private final TcpGuard guard;
    private final List<Connector> connectors = new CopyOnWriteArrayList<>();

    TomcatCustomizer(TcpGuard guard) {
        this.guard = guard;
    }

    /** Before the application's own customizers: what they say about the protocol counts. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    /** Connectors that are guarded. */
    List<Connector> connectors() {
        return List.copyOf(connectors);
    }

    @Override
    public void customize(WebServerFactory factory) {
        Method setProtocol = method(factory, "setProtocol", String.class);
        Method addCustomizers = Arrays.stream(factory.getClass().getMethods())
                .filter(method -> "addConnectorCustomizers".equals(method.getName()) && method.isVarArgs())
                .findFirst()
                .orElse(null);
        if (setProtocol == null || addCustomizers == null) {
            log.info(
                    "tcpguard is not active: {} makes no Tomcat",
                    factory.getClass().getName());
            return;
        }
        try {
            Class<?> type = addCustomizers.getParameterTypes()[0].getComponentType();
            Object customizers = Array.newInstance(type, 1);
            Array.set(
                    customizers, 0, Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::called));
            setProtocol.invoke(factory, GuardedHttp11NioProtocol.class.getName());
            addCustomizers.invoke(factory, customizers);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "tcpguard can't be put on " + factory.getClass().getName(), e);
        }
    }

    private static @Nullable Method method(WebServerFactory factory, String name, Class<?> parameter) {
        try {
            return factory.getClass().getMethod(name, parameter);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private @Nullable Object called(Object proxy, Method method, Object @Nullable [] arguments) {
        Object first = arguments == null || arguments.length == 0 ? null : arguments[0];
        return switch (method.getName()) {
            case "equals" -> proxy == first;
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> TomcatCustomizer.class.getName();
            default -> {
                if (first instanceof Connector connector) {
                    guard(connector);
                }
                yield null;
            }
        };
    }

    private void guard(Connector connector) {
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
