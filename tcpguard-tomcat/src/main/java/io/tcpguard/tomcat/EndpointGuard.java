/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerRegistration;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard of one connector: it comes and goes, is told of the connector's socket and of its executor, and says so.
 * Any thread; starts, stops and changes of guard exclude each other.
 */
final class EndpointGuard {
    private static final Logger log = LoggerFactory.getLogger(GuardedNioEndpoint.class);

    private final GuardedNioEndpoint endpoint;
    private final Map<?, ?> connections;
    private final ConnectionRegistry registry;
    private final ListenerRegistration watch = new ListenerRegistration();
    private final NoWorkerLog losses = new NoWorkerLog(this::shortName);

    /** Guards the fields from here on against concurrent starts, stops and changes of guard; reads need no lock. */
    private final Object lifecycle;

    private volatile @Nullable AdmissionControl guard;
    private volatile Supplier<String> names;
    private volatile @Nullable ServiceWatch service;
    private volatile @Nullable UnpooledWork unpooled;

    private volatile boolean closesAnswered;

    /** Connections that were open before the guard came. */
    private volatile int unaskedAtFirst;

    /**
     * @param connections of the endpoint
     * @param lifecycle held while the endpoint's limits change, too
     */
    EndpointGuard(GuardedNioEndpoint endpoint, Map<?, ?> connections, ConnectionRegistry registry, Object lifecycle) {
        this.endpoint = endpoint;
        this.connections = connections;
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.names = endpoint::getName;
    }

    void guardWith(AdmissionControl next) {
        TomcatPreload.once();
        synchronized (lifecycle) {
            AdmissionControl now = guard;
            if (next == now) {
                return;
            }
            if (now != null) {
                throw new IllegalStateException("connector " + shortName() + " has a guard already (expected: none)");
            }
            guard = next;
            unaskedAtFirst = connections.size();
            endpoint.fitLatch();
            // Health speaks about this connector from here on: down until it accepts.
            listen(next);
            if (endpoint.isRunning()) {
                watchWork(next);
                sayActive();
            }
        }
    }

    /** Of the others {@link StockConnectors} says it. */
    private void sayActive() {
        log.info(
                "{}: active: refusal at accept, eviction of idle connections, 503 while work is stalled, watch on its "
                        + "{}work{}",
                shortName(),
                endpoint.getUnixDomainSocketPath() == null ? "accept queue and its " : "",
                endpoint.getUnixDomainSocketPath() == null
                        ? ""
                        : ". Not active: watch on its accept queue, which shows of TCP only");
    }

    /** To be called a while after the start: whoever wanted to guard it has done so. */
    void sayIfUnguarded() {
        if (endpoint.isRunning() && guard == null) {
            log.warn(
                    "{}: not active: it has the guarded protocol, but no guard is attached to it, or the guard is off "
                            + "(in server.xml: <Listener className=\"{}\"/> in <Server>)",
                    shortName(),
                    TcpGuardListener.class.getName());
        }
    }

    void unguard() {
        synchronized (lifecycle) {
            guard = null;
            watch.unwatchWork(shortName());
            watch.unlisten();
            endpoint.fitLatch();
        }
    }

    /** The connector is destroyed or removed. If it is added and started again, it comes under guard again. */
    void gone() {
        synchronized (lifecycle) {
            watch.unlisten();
        }
    }

    @Nullable AdmissionControl guard() {
        return guard;
    }

    @Nullable GuardedListener listener() {
        return watch.listener();
    }

    /** What is done for its connections; null: it has had no guard yet. */
    @Nullable ServiceWatch service() {
        return service;
    }

    /** From now on, or no more, a connection of HTTP/1.1 is closed when the request in progress is answered. */
    void closeAnswered(boolean close) {
        closesAnswered = close;
    }

    boolean closesAnswered() {
        return closesAnswered;
    }

    /** @param taken whether Tomcat goes on with it */
    void noteAccepted(SocketChannel channel, boolean taken) {
        ServiceWatch watching = service;
        if (watching != null && taken) {
            watching.accepted(channel);
        } else {
            noteLost(null);
        }
    }

    /**
     * No worker could be had for a connection, or memory for one just accepted.
     *
     * @param why the Error, if that is why
     */
    void noteLost(@Nullable VirtualMachineError why) {
        if (why != null) {
            losses.complain(why);
        }
        ServiceWatch watching = service;
        if (watching != null) {
            watching.lost();
        }
    }

    /** A request gets to the application. */
    void noteReached() {
        ServiceWatch watching = service;
        if (watching != null) {
            watching.reached();
        }
    }

    int unaskedAtFirst() {
        return unaskedAtFirst;
    }

    // ---- the connector starts and stops

    /** It is about to start; to be called with its lifecycle's lock held. */
    void starts() {
        AdmissionControl now = guard;
        if (now != null && !endpoint.isRunning()) {
            try {
                // The socket is bound by now, and may be another one than before the last stop.
                listen(now);
            } catch (IllegalStateException e) {
                // The guard was closed since. That must not keep a server from starting.
                log.warn("Connector {} starts without a guard: {}", shortName(), e.getMessage());
                guard = null;
                watch.unlisten();
            }
        }
    }

    /** It has tried to. */
    void started() {
        synchronized (lifecycle) {
            AdmissionControl now = guard;
            if (now != null && endpoint.isRunning()) {
                watchWork(now);
                sayActive();
            }
        }
    }

    /** It is about to stop, and its executor to end; to be called with its lifecycle's lock held. */
    void stops() {
        watch.unwatchWork(shortName());
    }

    private void listen(AdmissionControl now) {
        EndpointControl control = new EndpointControl(endpoint, this, connections, now);
        service = control.served();
        if (endpoint.getUnixDomainSocketPath() != null) {
            watch.listen(now, shortName(), 0, control);
            return;
        }
        int bound = endpoint.getLocalPort();
        watch.listen(now, shortName(), bound > 0 ? bound : endpoint.getPortWithOffset(), control);
    }

    private void watchWork(AdmissionControl now) {
        Executor executor = endpoint.rawExecutor();
        UnpooledWork work = executor == null || !UnpooledWork.isUnpooled(executor)
                ? null
                : new UnpooledWork(
                        executor,
                        Math.max(UnpooledWork.FEWEST, endpoint.getMaxThreads()),
                        patience(now),
                        this::anyAnswerGrew,
                        System::nanoTime);
        unpooled = work;
        watch.watchWork(now, shortName(), work == null ? executor : work);
        NioEndpoint.Poller poller = endpoint.currentPoller();
        ServiceWatch watching = service;
        if (poller != null && watching != null) {
            watching.begins(poller);
        }
    }

    private static long patience(AdmissionControl guard) {
        return guard instanceof TcpGuard real
                ? real.config().nanos(Setting.STALLED_AFTER)
                : TimeUnit.SECONDS.toNanos(10);
    }

    /** Whether any answer in progress was written to within so many nanoseconds. */
    private boolean anyAnswerGrew(long nanos) {
        long since = System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(nanos);
        for (GuardedConnection connection : registry.all()) {
            NioEndpoint.NioSocketWrapper wrapper = connection.atWork() ? endpoint.wrapperOf(connection) : null;
            if (wrapper != null && wrapper.getLastWrite() > since) {
                return true;
            }
        }
        return false;
    }

    /** Of requests that have a thread each; null: they share a pool. */
    @Nullable UnpooledWork unpooled() {
        return unpooled;
    }

    /**
     * @param source Tomcat's name of the connector, by its port of now; an endpoint's own is given once, before it is
     *     bound
     */
    void nameBy(Supplier<String> source) {
        names = source;
    }

    /** Tomcat's name of it, without quotes. */
    String shortName() {
        return names.get().replace("\"", "");
    }
}
