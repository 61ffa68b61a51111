/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardLog;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ProtocolHandler;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.jspecify.annotations.Nullable;

/**
 * What is behind a connector that has Tomcat's own protocol: whether it accepts, and how many connections it holds.
 * Tomcat has no public way to it. Its connection count alone is no measure: it begins anew when a connector is paused
 * and resumed, is off with {@code maxConnections="-1"}, and may lose connections, so that all are counted and nobody is
 * there. Nothing here allocates.
 */
final class StockEndpoint {
    private static final GuardLog log = GuardLog.of(StockEndpoint.class);

    private final @Nullable AbstractProtocol<?> protocol;
    private final @Nullable AbstractEndpoint<?, ?> endpoint;
    private final @Nullable Map<?, ?> connections;
    private final @Nullable Method poller;

    StockEndpoint(ProtocolHandler handler) {
        protocol = handler instanceof AbstractProtocol<?> abstractProtocol ? abstractProtocol : null;
        AbstractEndpoint<?, ?> found = null;
        Map<?, ?> open = null;
        Method pollerOfNow = null;
        try {
            Method getter = AbstractProtocol.class.getDeclaredMethod("getEndpoint");
            getter.setAccessible(true);
            found = protocol == null ? null : (AbstractEndpoint<?, ?>) getter.invoke(protocol);
            Field field = AbstractEndpoint.class.getDeclaredField("connections");
            field.setAccessible(true);
            open = found == null ? null : (Map<?, ?>) field.get(found);
            if (found instanceof NioEndpoint) {
                pollerOfNow = NioEndpoint.class.getDeclaredMethod("getPoller");
                pollerOfNow.setAccessible(true);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.debug("Tomcat's own count is what there is of {}", handler, e);
        }
        endpoint = found;
        connections = open;
        poller = pollerOfNow;
    }

    /** Null if nothing can be seen of what is done for connections. */
    @Nullable ServiceWatch watchService(AdmissionControl guard) {
        return endpoint instanceof NioEndpoint nio && connections != null
                ? new ServiceWatch(nio, connections, guard, null)
                : null;
    }

    /** Null while there is none, or if it can't be seen. */
    @Nullable Poller poller() {
        try {
            return poller == null ? null : (Poller) poller.invoke(endpoint);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** As far as can be seen. */
    boolean accepting() {
        return endpoint == null || (endpoint.isRunning() && !endpoint.isPaused());
    }

    int backlog() {
        return protocol == null ? 0 : protocol.getAcceptCount();
    }

    /** Connections that are open; by Tomcat's own count where nothing else is to be had. */
    int open() {
        if (connections != null) {
            return connections.size();
        }
        // The acceptor counts one more before it waits for it.
        return protocol == null ? 0 : (int) Math.max(0, protocol.getConnectionCount() - 1);
    }

    int maxConnections() {
        return protocol == null ? -1 : protocol.getMaxConnections();
    }

    boolean full() {
        return protocol != null && isFull(protocol.getMaxConnections(), protocol.getConnectionCount(), open());
    }

    /**
     * Whether connections are why none is accepted. Not if most of those that are counted do not exist.
     *
     * @param most as many as may be held; negative: any number
     * @param counted by Tomcat
     * @param open in truth
     */
    static boolean isFull(long most, long counted, int open) {
        return most > 0 && counted >= most && 2L * open >= most;
    }
}
