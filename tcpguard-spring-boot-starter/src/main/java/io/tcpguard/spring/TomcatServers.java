/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import io.tcpguard.TcpGuard;
import io.tcpguard.tomcat.GuardedHttp11NioProtocol;
import io.tcpguard.tomcat.TomcatGuard;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Server;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.util.ReflectionUtils;

/**
 * Tomcat under guard: its protocol is the guarded one, and the server's other connectors are guarded as far as their
 * protocols allow.
 */
final class TomcatServers implements WebServerGuard {
    private static final Logger log = LoggerFactory.getLogger(TomcatServers.class);

    private final @Nullable String acceptCountGiven;
    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final Map<Connector, Integer> acceptCounts = new ConcurrentHashMap<>();
    private final List<AutoCloseable> servers = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    /** @param acceptCountGiven what the application says about it; null: nothing */
    TomcatServers(@Nullable String acceptCountGiven) {
        this.acceptCountGiven = acceptCountGiven;
    }

    @Override
    public boolean guard(WebServerFactory factory, TcpGuard guard) {
        Method setProtocol = method(factory, "setProtocol", String.class);
        FactoryCustomizers customizers = customizers(factory);
        if (setProtocol == null || customizers == null) {
            return false;
        }
        try {
            if (isUsual(protocolOf(factory))) {
                setProtocol.invoke(factory, GuardedHttp11NioProtocol.class.getName());
            }
            customizers.add(made -> {
                if (made instanceof Connector connector) {
                    add(guard, connector);
                }
                return null;
            });
        } catch (ReflectiveOperationException e) {
            throw cannot(factory, e);
        }
        return true;
    }

    /** Another one, AJP for instance, is what the application's own factory is to speak. */
    private static boolean isUsual(@Nullable String protocol) {
        return protocol == null || protocol.equals("HTTP/1.1") || protocol.equals(Http11NioProtocol.class.getName());
    }

    /** Null: it can't be read. There is no getter. */
    private static @Nullable String protocolOf(WebServerFactory factory) {
        Field protocol = ReflectionUtils.findField(factory.getClass(), "protocol", String.class);
        if (protocol == null) {
            return null;
        }
        try {
            ReflectionUtils.makeAccessible(protocol);
            return (String) ReflectionUtils.getField(protocol, factory);
        } catch (RuntimeException e) {
            log.debug("{} hides its protocol", factory, e);
            return null;
        }
    }

    private static @Nullable FactoryCustomizers customizers(WebServerFactory factory) {
        return FactoryCustomizers.of(factory, "addConnectorCustomizers", "TomcatConnectorCustomizer")
                .orElse(null);
    }

    private static @Nullable Method method(WebServerFactory factory, String name, Class<?> parameter) {
        try {
            return factory.getClass().getMethod(name, parameter);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static IllegalStateException cannot(WebServerFactory factory, ReflectiveOperationException cause) {
        return new IllegalStateException(
                "tcpguard can't be put on " + factory.getClass().getName(), cause);
    }

    private void add(TcpGuard guard, Connector connector) {
        if (running) {
            forgetClosed();
        }
        connectors.add(connector);
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
            acceptCounts.put(connector, protocol.getAcceptCount());
            if (running) {
                TomcatGuard.attach(guard, connector);
            }
        }
    }

    /**
     * Called when Boot has said what it takes for the accept count, 100 where nobody said anything: then the guarded
     * protocol's own holds, since under guard the accept queue is where new connections wait.
     */
    void keepAcceptCount(WebServerFactory factory) {
        FactoryCustomizers customizers = customizers(factory);
        if (customizers == null) {
            return;
        }
        try {
            customizers.add(made -> {
                Integer own = made instanceof Connector connector ? acceptCounts.get(connector) : null;
                if (own != null
                        && ((Connector) made).getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
                    keepAcceptCount(protocol, own);
                }
                return null;
            });
        } catch (ReflectiveOperationException e) {
            throw cannot(factory, e);
        }
    }

    private void keepAcceptCount(GuardedHttp11NioProtocol protocol, int own) {
        if (acceptCountGiven == null) {
            protocol.setAcceptCount(own);
        } else if (protocol.getAcceptCount() < own) {
            log.info(
                    "{}={}: on a full server no more new connections than that wait for a slot, others are refused at "
                            + "once; without this property it is {}",
                    AcceptCount.PROPERTY,
                    acceptCountGiven,
                    own);
        }
    }

    @Override
    public boolean serves() {
        return !connectors.isEmpty();
    }

    @Override
    public void begin(TcpGuard guard) {
        running = true;
        for (Connector connector : acceptCounts.keySet()) {
            TomcatGuard.attach(guard, connector);
        }
    }

    /** Connectors that the application added are in the server now, and were not before. */
    @Override
    public void started(TcpGuard guard) {
        forgetClosed();
        Set<Server> all = new LinkedHashSet<>();
        for (Connector connector : connectors) {
            if (connector.getService() != null) {
                all.add(connector.getService().getServer());
            }
        }
        all.forEach(server -> servers.add(TomcatGuard.guard(guard, server)));
        connectors.forEach(TomcatServers::letGoWithoutPort);
    }

    /** Of servers that were made and closed while this one serves. Boot takes out of its service what it stops. */
    private void forgetClosed() {
        connectors.removeIf(connector -> connector.getService() == null
                && (connector.getState() == LifecycleState.STOPPED
                        || connector.getState() == LifecycleState.DESTROYED));
        acceptCounts.keySet().retainAll(connectors);
    }

    /** With server.port=-1 Boot makes a server that is not to listen: nobody misses it. */
    private static void letGoWithoutPort(Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol
                && connector.getLocalPort() < 1
                && connector.getProperty("unixDomainSocketPath") == null) {
            protocol.unguard();
        }
    }

    @Override
    public void drain(TcpGuard guard, Duration notice, Duration finish) throws InterruptedException {
        running = false;
        try {
            TomcatGuard.drain(guard, connectors, notice, finish);
        } finally {
            servers.forEach(TomcatServers::close);
            servers.clear();
        }
    }

    private static void close(AutoCloseable server) {
        try {
            server.close();
        } catch (Exception e) {
            log.warn("Could not stop watching a server's connectors", e);
        }
    }
}
