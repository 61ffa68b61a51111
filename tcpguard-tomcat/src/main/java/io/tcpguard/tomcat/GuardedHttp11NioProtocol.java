/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 connector (and HTTP/2 on it) under guard. In {@code server.xml}:
 *
 * <pre>{@code
 * <Connector port="8080" protocol="io.tcpguard.tomcat.GuardedHttp11NioProtocol" />
 * }</pre>
 *
 * with a {@link TcpGuardListener} in {@code <Server>}; in Java use {@link TomcatGuard}. Without a guard it behaves
 * exactly as {@link Http11NioProtocol}, but for one default: {@code acceptCount} is 4096 instead of 100, since under
 * guard the accept queue is where new connections wait for a connector. The kernel caps it at {@code
 * net.core.somaxconn}.
 */
public final class GuardedHttp11NioProtocol extends Http11NioProtocol {
    private static final int ACCEPT_COUNT = 4096;
    private static final int KEPT_WHEN_MEMORY_IS_SHORT = 16;

    private final GuardedNioEndpoint endpoint;
    private final RequestGate gate = new RequestGate();
    private final GuardedAdapter.ConnectorView connector = new EndpointView();
    private @Nullable ForwardedValve forwarded;
    private volatile boolean leaving;

    /** Called by Tomcat. */
    public GuardedHttp11NioProtocol() {
        this(new GuardedNioEndpoint());
    }

    private GuardedHttp11NioProtocol(GuardedNioEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        endpoint.guarding().nameBy(this::getName);
        setAcceptCount(ACCEPT_COUNT);
    }

    /**
     * Puts this connector under guard, at any time: connections that are open already are not tracked.
     *
     * @throws IllegalStateException if another guard has it, or this one does not run
     */
    public void guardWith(TcpGuard guard) {
        endpoint.guarding().guardWith(guard);
    }

    void guardWith(AdmissionControl guard) {
        endpoint.guarding().guardWith(guard);
    }

    /** Ends what {@link #guardWith} began; does nothing if there was no guard. */
    public void unguard() {
        endpoint.guarding().unguard();
    }

    /**
     * Paths whose requests are never refused, separated by commas, compared exactly and before decoding. Default:
     * {@code /health}. An attribute of the connector in {@code server.xml}.
     */
    public void setExemptPaths(String paths) {
        gate.exempt(Arrays.stream(paths.split(",", -1))
                .map(String::strip)
                .filter(path -> !path.isEmpty())
                .toList());
    }

    /** See {@link #setExemptPaths}. */
    public String getExemptPaths() {
        return String.join(",", gate.exemptPaths());
    }

    /** Connections that the guard knows of on this connector: those it admitted and Tomcat has not closed. */
    public int getGuardedConnections() {
        return endpoint.registry().size();
    }

    /**
     * From now on, or no more: each answer ends its connection, so that clients go elsewhere before the server stops.
     */
    void leave(boolean leave) {
        leaving = leave;
    }

    /**
     * From now on, or no more: each connection ends when its request does, although the answer did not say so: it was
     * begun before {@link #leave}. Not before balancers have noticed, since a proxy could reuse the connection in
     * that moment.
     */
    void closeAnswered(boolean close) {
        endpoint.guarding().closeAnswered(close);
    }

    /**
     * As it was set; 1 where the request whose head a worker has just read is to be its connection's last one. So
     * Tomcat itself says that the connection ends, whatever the application does to the headers, and an answer without
     * a length is sent in chunks as ever: by a header put there before, its end would be the connection's, and nobody
     * could tell a whole answer from half of one.
     */
    @Override
    public int getMaxKeepAliveRequests() {
        GuardedConnection connection = endpoint.registry().onThisThread();
        return connection != null && connection.endsWithAnswer(leaving) ? 1 : super.getMaxKeepAliveRequests();
    }

    @Override
    public void start() throws Exception {
        leaving = false;
        endpoint.guarding().closeAnswered(false);
        super.start();
        ScheduledExecutorService later = getUtilityExecutor();
        if (later == null) {
            endpoint.guarding().sayIfUnguarded();
        } else if (endpoint.guarding().guard() == null) {
            sayLater(later);
        }
    }

    private void sayLater(ScheduledExecutorService later) {
        try {
            Future<?> unused = later.schedule(endpoint.guarding()::sayIfUnguarded, 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // No sentence is worth a server that does not start.
            endpoint.guarding().sayIfUnguarded();
        }
    }

    @Override
    public void destroy() throws Exception {
        endpoint.guarding().gone();
        super.destroy();
    }

    /** What ranks this connector's requests by whose they are: one, however often it comes under guard. */
    synchronized ForwardedValve forwarded(Connector of) {
        ForwardedValve known = forwarded;
        if (known == null) {
            known = new ForwardedValve(of, gate, connector::listener);
            forwarded = known;
        }
        return known;
    }

    GuardedNioEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new GuardedAdapter(adapter, connector, gate));
    }

    /**
     * How many processors Tomcat keeps for later: as many as were set, but {@value #KEPT_WHEN_MEMORY_IS_SHORT} while
     * memory is. Each has buffers of 35 to 60 KiB, and 200 of them are what evictions were to free.
     */
    @Override
    public int getProcessorCache() {
        int set = super.getProcessorCache();
        return (set < 0 || set > KEPT_WHEN_MEMORY_IS_SHORT) && memoryIsShort() ? KEPT_WHEN_MEMORY_IS_SHORT : set;
    }

    private boolean memoryIsShort() {
        AdmissionControl guard = endpoint.guarding().guard();
        GuardSnapshot snapshot = guard == null ? null : guard.snapshot();
        if (snapshot == null || !snapshot.level().atLeast(Level.SHED)) {
            return false;
        }
        List<SignalState> signals = snapshot.signals();
        for (int i = 0; i < signals.size(); i++) {
            SignalState each = signals.get(i);
            if (each.level().atLeast(Level.SHED) && each.reading().signal() == Signal.MEMORY) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected Processor createProcessor() {
        try {
            return new GuardedProcessor(this, getAdapter(), endpoint);
        } catch (Error e) {
            endpoint.registry().noteError();
            throw e;
        }
    }

    /** As it was set, or Tomcat's own. */
    @SuppressWarnings("NullAway") // Tomcat answers null before it has one
    @Override
    public Executor getExecutor() {
        return endpoint.rawExecutor();
    }

    @Override
    public UpgradeProtocol getNegotiatedProtocol(String name) {
        return tracked(super.getNegotiatedProtocol(name));
    }

    @Override
    public UpgradeProtocol getUpgradeProtocol(String name) {
        return tracked(super.getUpgradeProtocol(name));
    }

    // Tomcat answers null for a protocol that it does not know, and expects the same.
    @SuppressWarnings("NullAway")
    private UpgradeProtocol tracked(@Nullable UpgradeProtocol protocol) {
        return protocol == null ? null : new TrackedUpgrade(protocol, endpoint);
    }

    private final class EndpointView implements GuardedAdapter.ConnectorView {
        @Override
        public @Nullable GuardedListener listener() {
            return endpoint.guarding().listener();
        }

        @Override
        public @Nullable GuardedConnection connection() {
            return endpoint.registry().onThisThread();
        }

        @Override
        public @Nullable UnpooledWork unpooled() {
            return endpoint.guarding().unpooled();
        }

        @Override
        public boolean leaving() {
            return leaving;
        }
    }
}
