/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Drain;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.ListenerRegistration;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.NioConnections;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Jetty connector under guard. The server's handlers must be inside a {@link GuardedHandler}: without it the guard
 * would not see work in progress, and the connector stays unguarded and says so.
 */
public final class GuardedConnector extends ServerConnector {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedConnector.class);

    private final AdmissionControl guard;
    private final ListenerRegistration registration = new ListenerRegistration();
    private final NioConnections connections = new NioConnections();
    private final Control control = new Control();

    /** Any protocols, as of {@link ServerConnector}. */
    public GuardedConnector(Server server, AdmissionControl guard, ConnectionFactory... factories) {
        super(server, factories);
        this.guard = guard;
    }

    // ---- the listening socket

    @Override
    public void open() throws IOException {
        super.open();
        if (getServer().getDescendant(GuardedHandler.class) == null) {
            LOG.warn("{}: not active: put the server's handlers into a {}", name(), GuardedHandler.class.getName());
            return;
        }
        // tag::listen[]
        registration.tryListen(guard, name(), getLocalPort(), control);
        // end::listen[]
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (registration.listener() != null) {
            registration.watchWork(guard, name(), getExecutor());
            LOG.info("{}: active: refusal at accept, eviction of idle connections, 503 while work is stalled", name());
        }
    }

    /** Stays in the guard's sight: health is down while a connector of a running server is stopped. */
    @Override
    protected void doStop() throws Exception {
        registration.unwatchWork(name());
        super.doStop();
    }

    @Override
    public void destroy() {
        registration.unlisten();
        super.destroy();
    }

    private String name() {
        return getName() == null ? "jetty-" + getLocalPort() : getName();
    }

    private final class Control implements ListenerControl {
        @Override
        public boolean accepting() {
            return isRunning() && isOpen() && !isShutdown();
        }

        /** Jetty's own limits, and whoever calls {@code setAccepting(false)}: the queue then waits for a reason. */
        @Override
        public boolean full() {
            return !isAccepting();
        }

        @Override
        public int backlog() {
            return getAcceptQueueSize();
        }

        /** Before a TLS handshake an answer in clear would be noise. */
        @Override
        public boolean canAnswer() {
            return getDefaultConnectionFactory() instanceof HttpConnectionFactory;
        }

        @Override
        public int endStalledWork(long patienceNanos, int most, Closing how) {
            return connections.endStalledWork(patienceNanos, most, how);
        }
    }

    // ---- connections

    /** Called by the constructor of {@link ServerConnector}, before the fields are set. */
    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            public void accept(SelectableChannel channel, @Nullable Object attachment) {
                GuardedListener now = registration.listener();
                if (now == null || !(channel instanceof SocketChannel socket)) {
                    super.accept(channel, attachment);
                    return;
                }
                // tag::accept[]
                // Without acceptors of its own it is a selector's thread that accepts, and that must not block.
                boolean mayBlock = getAcceptors() > 0;
                NioConnection admitted = connections.accept(now, socket, mayBlock, () -> isRunning() && !isShutdown());
                if (admitted != null) {
                    super.accept(socket, admitted);
                }
                // end::accept[]
            }

            @Override
            protected void onAcceptFailed(SelectableChannel channel, Throwable failure, @Nullable Object attachment) {
                if (attachment instanceof NioConnection guarded) {
                    guarded.closed();
                }
                super.onAcceptFailed(channel, failure, attachment);
            }
        };
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        if (!(key.attachment() instanceof NioConnection guarded)) {
            return super.newEndPoint(channel, selector, key);
        }
        GuardedEndPoint endPoint = new GuardedEndPoint(guarded, channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    /**
     * Takes the server out of service without losing a request; it can be stopped then. Blocks for {@code notice} and
     * at most {@code finish}.
     *
     * @see Drain
     */
    // tag::drain[]
    public void drain(Duration notice, Duration finish) throws InterruptedException {
        Drain.run(guard, connections.toDrain(), notice, finish);
    }
    // end::drain[]
}
