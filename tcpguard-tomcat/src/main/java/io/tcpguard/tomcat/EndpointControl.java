/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.spi.ListenerControl;
import java.net.InetSocketAddress;
import java.util.Map;
import org.apache.tomcat.util.net.SocketProperties;

/** What the guard asks a guarded connector about its socket. The sampler's thread, where nothing else is said. */
final class EndpointControl implements ListenerControl {
    private static final long USUAL_BUFFERS = 16 * 1024;

    private final GuardedNioEndpoint endpoint;
    private final EndpointGuard guarding;
    private final Map<?, ?> connections;
    private final StalledRequests clientWait = new StalledRequests();
    private final ServiceWatch served;

    /** The sampler's. */
    private boolean wasServing = true;

    /** @param connections of the endpoint */
    EndpointControl(
            GuardedNioEndpoint endpoint, EndpointGuard guarding, Map<?, ?> connections, AdmissionControl guard) {
        this.endpoint = endpoint;
        this.guarding = guarding;
        this.connections = connections;
        this.served = new ServiceWatch(endpoint, connections, guard, endpoint::restart);
    }

    /** What is done for its connections. */
    ServiceWatch served() {
        return served;
    }

    @Override
    public boolean accepting() {
        return endpoint.isAccepting();
    }

    @Override
    public boolean serving() {
        UnpooledWork work = guarding.unpooled();
        if (work != null) {
            work.look();
        }
        if (endpoint.serves()) {
            wasServing = served.serving(endpoint.currentPoller(), System.nanoTime());
        }
        // Paused, nothing is to be seen.
        return wasServing;
    }

    @Override
    public boolean full() {
        int most = endpoint.getMaxConnections();
        return StockEndpoint.isFull(
                most < 1 ? most : GuardedNioEndpoint.latchLimit(most),
                endpoint.getConnectionCount(),
                connections.size());
    }

    @Override
    public int maxConnections() {
        return endpoint.getMaxConnections();
    }

    /**
     * Idle ones take 19 KiB, with TLS 69: two buffers of a record, and one of what is in them. Tomcat's own buffers are
     * 16 KiB of that, unless they were set larger, or outside of the heap.
     */
    @Override
    public int heapPerConnection() {
        int usual = endpoint.isSSLEnabled() ? 96 * 1024 : 32 * 1024;
        SocketProperties set = endpoint.getSocketProperties();
        long buffers = set.getDirectBuffer() ? 0 : (long) set.getAppReadBufSize() + set.getAppWriteBufSize();
        return (int) Math.min(1 << 30, usual + Math.max(0, buffers - USUAL_BUFFERS));
    }

    /** Those that came before the guard did. */
    @Override
    public int untrackedConnections() {
        int before = guarding.unaskedAtFirst();
        return before == 0
                ? 0
                : Math.max(
                        0,
                        Math.min(
                                before, connections.size() - endpoint.registry().size()));
    }

    @Override
    public int backlog() {
        return endpoint.getAcceptCount();
    }

    @Override
    public boolean anyPort() {
        return endpoint.getUnixDomainSocketPath() == null && endpoint.getPort() == 0;
    }

    /** No TLS was received at accept, and an answer in clear would be noise to the client. */
    @Override
    public boolean canAnswer() {
        return !endpoint.isSSLEnabled();
    }

    @Override
    public int endStalledWork(long patienceNanos, int most, Closing how) {
        return clientWait.end(endpoint.registry().all(), endpoint::wrapperOf, patienceNanos, most, how);
    }

    @Override
    public void noteBlockedWrites() {
        for (GuardedConnection connection : endpoint.registry().all()) {
            BlockedWrite.look(connection, endpoint::wrapperOf);
        }
    }

    @Override
    public void endGone(GonePeers peers) {
        int port = endpoint.getLocalPort();
        for (GuardedConnection connection : endpoint.registry().all()) {
            InetSocketAddress peer = connection.peer();
            if (peer == null || connection.workerInside()) {
                continue;
            }
            if (peers.gone(peer, port)) {
                endpoint.evictor().endGone(connection);
            } else if (connection.kept() || connection.atWork()) {
                endpoint.keepAliveProbes().probe(connection.channel());
            }
        }
    }
}
