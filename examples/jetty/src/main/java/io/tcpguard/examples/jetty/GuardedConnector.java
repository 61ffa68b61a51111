/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.Drain;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.ListenerRegistration;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
    /** The socket that was registered last. */
    private @Nullable Object registered;

    private volatile boolean leaving;

    /** HTTP/1.1 in clear. */
    public GuardedConnector(Server server, AdmissionControl guard) {
        this(server, guard, new HttpConnectionFactory());
    }

    /** Any protocols, as of {@link ServerConnector}. */
    public GuardedConnector(Server server, AdmissionControl guard, ConnectionFactory... factories) {
        super(server, factories);
        this.guard = guard;
    }

    // ---- the listening socket

    @Override
    public void open() throws IOException {
        super.open();
        if (registered == getTransport()) {
            return; // A server's start opens twice.
        }
        registered = getTransport();
        if (getServer().getDescendant(GuardedHandler.class) == null) {
            LOG.warn("{}: not active: put the server's handlers into a {}", name(), GuardedHandler.class.getName());
            return;
        }
        try {
            // tag::listen[]
            registration.listen(guard, name(), getLocalPort(), new Control());
            // end::listen[]
        } catch (IllegalStateException e) {
            // A guard that was closed must not keep a server from starting.
            LOG.warn("{}: not active: {}", name(), e.getMessage());
            registration.unlisten();
        }
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

    /** Null while it is not under guard. */
    @Nullable GuardedListener listener() {
        return registration.listener();
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
        public int endStandstills(long patienceNanos, int most, Closing how) {
            long millis = TimeUnit.NANOSECONDS.toMillis(patienceNanos);
            List<GuardedEndPoint> still = endPoints().stream()
                    .filter(endPoint -> endPoint.requests().waitsForClient() && endPoint.getIdleFor() >= millis)
                    .sorted(Comparator.comparingLong(GuardedEndPoint::getIdleFor)
                            .reversed())
                    .limit(most)
                    .toList();
            still.forEach(endPoint -> endPoint.close(how));
            return still.size();
        }
    }

    private List<GuardedEndPoint> endPoints() {
        return getConnectedEndPoints().stream()
                .filter(GuardedEndPoint.class::isInstance)
                .map(GuardedEndPoint.class::cast)
                .toList();
    }

    // ---- connections

    /** Called by the constructor of {@link ServerConnector}, before the fields are set. */
    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            public void accept(SelectableChannel channel, @Nullable Object attachment) {
                GuardedListener now = listener();
                if (now == null || !(channel instanceof SocketChannel socket)) {
                    super.accept(channel, attachment);
                    return;
                }
                // tag::accept[]
                InetAddress source = GuardedListener.sourceOf(socket);
                // Without acceptors of its own it is a selector's thread that accepts, and that must not block.
                Admission decision = getAcceptors() > 0
                        ? now.acceptBlocking(source, () -> isRunning() && !isShutdown())
                        : now.accept(source);
                if (decision.refused()) {
                    now.refuse(socket, decision);
                } else {
                    super.accept(socket, Admitted.open(now, socket, source));
                }
                // end::accept[]
            }

            @Override
            protected void onAcceptFailed(SelectableChannel channel, Throwable failure, @Nullable Object attachment) {
                if (attachment instanceof Admitted admitted) {
                    admitted.requests().handle().closed();
                }
                super.onAcceptFailed(channel, failure, attachment);
            }
        };
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        if (!(key.attachment() instanceof Admitted admitted)) {
            return super.newEndPoint(channel, selector, key);
        }
        GuardedEndPoint endPoint = new GuardedEndPoint(admitted, channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        admitted.closer().servedBy(endPoint);
        return endPoint;
    }

    // ---- the end

    /**
     * Takes the server out of service without losing a request; it can be stopped then. Blocks for {@code notice} and
     * at most {@code finish}.
     *
     * @see Drain
     */
    public void drain(Duration notice, Duration finish) throws InterruptedException {
        Drain.run(guard, new Leaving(), notice, finish);
    }

    /** Whether an HTTP/1 answer is its connection's last. */
    boolean leaving() {
        return leaving;
    }

    // tag::drain[]
    private final class Leaving implements Drain.Connections {
        @Override
        public void leave(boolean all) {
            leaving = true;
        }

        @Override
        public int end() {
            return (int) endPoints().stream()
                    .filter(endPoint -> !endPoint.endIfIdle())
                    .count();
        }

        @Override
        public void stay() {
            leaving = false;
        }
    }
    // end::drain[]
}
