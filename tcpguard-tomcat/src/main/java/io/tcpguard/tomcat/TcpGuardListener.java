/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.apache.catalina.util.LifecycleMBeanBase;
import org.jspecify.annotations.Nullable;

/**
 * The way in for {@code server.xml}: one line in {@code <Server>}, with the settings as attributes.
 *
 * <pre>{@code
 * <Listener className="io.tcpguard.tomcat.TcpGuardListener" healthPort="8081" />
 * }</pre>
 *
 * <p>Each {@link Setting} is an attribute, by its {@linkplain Setting#key() key}. A wrong attribute keeps the server
 * from starting, with a message that names it.
 *
 * <p>Connectors with {@link GuardedHttp11NioProtocol} are guarded in full; what can be done for the others, and why not
 * more, is said in the log. All is undone when the server stops.
 */
public final class TcpGuardListener implements LifecycleListener {

    private final Map<String, String> given = new TreeMap<>();
    private @Nullable GuardedServer connectors;
    private @Nullable TcpGuard guard;

    /** Called by Tomcat's digester. */
    public TcpGuardListener() {}

    /**
     * Called by Tomcat for each attribute. Nothing is checked here: what a setter throws, Tomcat only logs, and starts.
     *
     * @return true
     */
    public boolean setProperty(String name, String value) {
        given.put(name, value);
        return true;
    }

    /** An attribute as it was given; null if it was not. */
    public @Nullable String getProperty(String name) {
        return given.get(name);
    }

    /** The guard while the server runs; null while it does not. */
    public @Nullable TcpGuard guard() {
        return guard;
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (!(event.getLifecycle() instanceof Server server)) {
            if (Lifecycle.BEFORE_INIT_EVENT.equals(event.getType())) {
                throw new IllegalStateException(
                        "TcpGuardListener in " + event.getLifecycle() + " (expected: in <Server>)");
            }
            return;
        }
        switch (event.getType()) {
            case Lifecycle.BEFORE_START_EVENT -> begin(server);
            case Lifecycle.BEFORE_STOP_EVENT -> drain(server);
            case Lifecycle.AFTER_STOP_EVENT, Lifecycle.AFTER_DESTROY_EVENT -> end();
            default -> {
                // Nothing of the others concerns the guard.
            }
        }
    }

    private void begin(Server server) {
        TcpGuard fresh = configured(server).start();
        guard = fresh;
        if (!fresh.config().flag(Setting.ENABLED)) {
            return;
        }
        try {
            // Before they start: health is down until each of them accepts.
            connectors = GuardedServer.guard(server, fresh);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private TcpGuard configured(Server server) {
        try {
            GuardBuilder builder = TcpGuard.builder();
            Map<String, String> all = new TreeMap<>(given);
            // Where Tomcat's own are: Manager's jmxproxy finds it there.
            all.putIfAbsent(Setting.JMX_DOMAIN.key(), domain(server));
            Setting.parse(all).forEach(builder::set);
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "<Listener className=\"" + TcpGuardListener.class.getName() + "\">: " + e.getMessage()
                            + ". Its attributes are "
                            + Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", ")),
                    e);
        }
    }

    private static String domain(Server server) {
        String domain = server instanceof LifecycleMBeanBase bean ? bean.getDomain() : null;
        return domain == null ? "Catalina" : domain;
    }

    private void drain(Server server) {
        TcpGuard now = guard;
        if (now == null) {
            return;
        }
        Duration notice = Duration.ofNanos(now.config().nanos(Setting.NOTICE));
        Duration finish = Duration.ofNanos(now.config().nanos(Setting.FINISH));
        if (notice.isZero() && finish.isZero()) {
            return;
        }
        try {
            TomcatGuard.drain(now, TomcatGuard.protocolsOf(server), notice, finish);
        } catch (InterruptedException e) {
            // Whoever interrupts wants the stop now.
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        TcpGuard now = guard;
        GuardedServer all = connectors;
        guard = null;
        connectors = null;
        if (all != null) {
            all.restore();
        }
        if (now != null) {
            now.close();
        }
    }
}
