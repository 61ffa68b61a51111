/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guard that a web application brings along ({@code WEB-INF/lib}), for a Tomcat that one can't edit: from when the
 * application starts to when it stops, on all connectors of the server.
 *
 * <p>The servlet API is received in {@link JavaxInitializer} and {@link JakartaInitializer} only.
 */
final class DropIn implements LifecycleListener {
    private static final Logger log = LoggerFactory.getLogger(DropIn.class);
    private static final String PREFIX = "tcpguard.";

    private final Context application;
    private final TcpGuard guard;
    private @Nullable GuardedServer connectors;

    private DropIn(Context application, TcpGuard guard) {
        this.application = application;
        this.guard = guard;
    }

    /**
     * Starts a guard if the application brought this class, Tomcat runs it, and nobody guards it already; says in the
     * log why not.
     *
     * @param servletContext the application's, as its initializer got it
     * @param loader the application's
     * @param names of the application's context parameters; system properties of the same names win
     * @param values their values
     * @throws IllegalArgumentException naming each setting that is wrong
     */
    static void begin(
            Object servletContext, ClassLoader loader, Enumeration<String> names, UnaryOperator<String> values) {
        if (DropIn.class.getClassLoader() != loader) {
            // In the container's lib, where every application finds it: there TcpGuardListener is the way in.
            return;
        }
        TcpGuard guard = configured(names, values);
        if (!guard.config().flag(Setting.ENABLED)) {
            guard.start();
            return;
        }
        try {
            Context application = contextOf(servletContext);
            Server server = application == null ? null : serverOf(application);
            String other = server == null ? null : guardOf(server);
            if (application == null || server == null) {
                log.warn("tcpguard is not active: {} is not Tomcat's servlet context", servletContext.getClass());
            } else if (other != null) {
                log.info("tcpguard is not active in {}: this Tomcat has {} already", application.getName(), other);
            } else {
                new DropIn(application, guard).begin(server);
            }
        } catch (RuntimeException e) {
            // The application is worth more than its guard.
            log.error("tcpguard is not active", e);
        }
    }

    private static TcpGuard configured(Enumeration<String> names, UnaryOperator<String> values) {
        Map<String, String> given = new TreeMap<>();
        for (String name : Collections.list(names)) {
            if (name.startsWith(PREFIX)) {
                given.put(name.substring(PREFIX.length()), values.apply(name));
            }
        }
        Map<String, String> winning = systemProperties();
        given.putAll(winning);
        try {
            GuardBuilder builder = TcpGuard.builder();
            Setting.parse(given).forEach(builder::set);
            return builder.build();
        } catch (IllegalArgumentException e) {
            String origin =
                    winning.isEmpty() ? "" : " (as system properties: " + String.join(", ", winning.keySet()) + ")";
            throw new IllegalArgumentException(
                    "Context parameters " + PREFIX + "*" + origin + ": " + e.getMessage(), e);
        }
    }

    /** Warns of others: they may be another program's in this JVM, or misspelt. */
    private static Map<String, String> systemProperties() {
        Set<String> known = Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.toSet());
        Map<String, String> given = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                String key = name.substring(PREFIX.length());
                if (known.contains(key)) {
                    given.put(key, System.getProperty(name, ""));
                } else {
                    log.warn("There is no system property {}: ignored. Names are as in {}healthPort", name, PREFIX);
                }
            }
        }
        return given;
    }

    /**
     * Behind Tomcat's facade; null if it is not Tomcat's. There is no public way from an application to its container.
     */
    private static @Nullable Context contextOf(Object servletContext) {
        Object behind = servletContext;
        for (int i = 0; i < 3; i++) {
            if (behind instanceof Context context) {
                return context;
            }
            try {
                Field field = behind.getClass().getDeclaredField("context");
                field.setAccessible(true);
                behind = field.get(behind);
            } catch (ReflectiveOperationException | RuntimeException e) {
                log.debug("No way from {} to its container", servletContext.getClass(), e);
                return null;
            }
        }
        return null;
    }

    private static @Nullable Server serverOf(Context application) {
        for (Container at = application; at != null; at = at.getParent()) {
            if (at instanceof Engine engine) {
                return engine.getService() == null ? null : engine.getService().getServer();
            }
        }
        return null;
    }

    /** What guards it already, or is meant to. By names: another application, or the container, has its own classes. */
    private static @Nullable String guardOf(Server server) {
        for (LifecycleListener listener : server.findLifecycleListeners()) {
            if (isNamed(listener, TcpGuardListener.class)) {
                return TcpGuardListener.class.getName();
            }
        }
        for (Service service : server.findServices()) {
            for (Connector connector : service.findConnectors()) {
                if (isNamed(connector.getProtocolHandler(), GuardedHttp11NioProtocol.class)) {
                    return GuardedHttp11NioProtocol.class.getName();
                }
            }
            Engine engine = service.getContainer();
            if (engine == null) {
                continue;
            }
            for (Valve valve : engine.getPipeline().getValves()) {
                if (isNamed(valve, RequestValve.class)) {
                    return "the guard of another application";
                }
            }
        }
        return null;
    }

    private static boolean isNamed(Object object, Class<?> type) {
        return object.getClass().getName().equals(type.getName());
    }

    private void begin(Server server) {
        guard.start();
        try {
            connectors = GuardedServer.guard(server, guard);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
        application.addLifecycleListener(this);
        log.info(
                "tcpguard guards {} from inside the application \"{}\", until that stops. For full protection put the "
                        + "jar into Tomcat's lib and {} into its server.xml",
                server.findServices().length == 1 ? "its Tomcat" : "all services of its Tomcat",
                application.getName(),
                TcpGuardListener.class.getName());
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (Lifecycle.BEFORE_STOP_EVENT.equals(event.getType())) {
            drain();
        }
        // The last event before the application's class loader closes.
        if (Lifecycle.CONFIGURE_STOP_EVENT.equals(event.getType())) {
            application.removeLifecycleListener(this);
            end();
        }
    }

    /** The server may serve others on; what tells health is going. */
    private void drain() {
        Duration notice = Duration.ofNanos(guard.config().nanos(Setting.NOTICE));
        try {
            // No connector is guarded at accept here, so there is none whose connections could be waited for.
            TomcatGuard.drain(guard, List.<Connector>of(), notice, Duration.ZERO);
        } catch (InterruptedException e) {
            // Whoever interrupts wants the stop now.
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        GuardedServer all = connectors;
        connectors = null;
        if (all != null) {
            all.restore();
        }
        guard.close();
        RecordMethods.releaseLast();
    }
}
