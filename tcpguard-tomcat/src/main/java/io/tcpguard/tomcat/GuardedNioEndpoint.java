/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerRegistration;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.tomcat.util.net.Acceptor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.LimitLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the guard about each connection right after accept, before anything is spent on it, and closes those it gives up. */
final class GuardedNioEndpoint extends NioEndpoint {
    private static final Logger log = LoggerFactory.getLogger(GuardedNioEndpoint.class);
    /** More than the guard lets pass a ceiling, and the one in hand: what Tomcat counts and does not hold finds room, too. */
    private static final int BEYOND = 64;

    private final ListenerRegistration watch = new ListenerRegistration();
    private final ConnectionRegistry registry = new ConnectionRegistry();
    private final Evictor evictor = new Evictor(this, registry);
    private final FilesBeingSent filesBeingSent = new FilesBeingSent();
    private final NoWorkerLog noWorker = new NoWorkerLog();
    private final KeepAliveProbes keepAliveProbes = new KeepAliveProbes();
    private final PollerRestart pollerRestart = new PollerRestart();

    /** Guards the fields from here on against concurrent starts, stops and changes of guard; reads need no lock. */
    private final Object lifecycle = new Object();

    private volatile @Nullable AdmissionControl guard;
    private volatile @Nullable Thread acceptorThread;
    private volatile Supplier<String> names = this::getName;

    private volatile @Nullable ServiceWatch service;

    private volatile @Nullable UnpooledWork unpooled;

    private volatile @Nullable OperationExecutor operations;

    private volatile boolean closesAnswered;

    /** Connections that were open before the guard came. */
    private volatile int unaskedAtFirst;

    /** What {@code maxConnections} was set to: the policy's ceiling, not the latch's. */
    private volatile int ceiling = super.getMaxConnections();

    /** From the start of a start to the first look at a running acceptor: not a failure, and no reason to take health down. */
    private volatile boolean starting;

    // ---- the guard comes and goes

    void guardWith(AdmissionControl next) {
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
            fitLatch();
            // Health speaks about this connector from here on: down until it accepts.
            listen(next);
            if (running) {
                watchWork(next);
                sayActive();
            }
        }
    }

    /** Of the others {@link StockConnectors} says it. */
    private void sayActive() {
        log.info(
                "{}: active: refusal at accept, eviction of idle connections, 503 while work waits, watch on its {}work{}",
                shortName(),
                getUnixDomainSocketPath() == null ? "accept queue and its " : "",
                getUnixDomainSocketPath() == null
                        ? ""
                        : ". Not active: watch on its accept queue, which shows of TCP only");
    }

    /** To be called a while after the start: whoever wanted to guard it has done so. */
    void sayIfUnguarded() {
        if (running && guard == null) {
            log.warn(
                    "{}: not active: it has the guarded protocol, but no guard is attached to it, or the guard is off (in server.xml:"
                            + " <Listener className=\"{}\"/> in <Server>)",
                    shortName(),
                    TcpGuardListener.class.getName());
        }
    }

    void unguard() {
        synchronized (lifecycle) {
            guard = null;
            watch.unwatchWork(shortName());
            watch.unlisten();
            fitLatch();
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

    // ---- how many

    @Override
    public void setMaxConnections(int most) {
        synchronized (lifecycle) {
            ceiling = most;
            fitLatch();
        }
    }

    @Override
    public int getMaxConnections() {
        return ceiling;
    }

    /**
     * Under guard Tomcat's own limit lets in a few more than was set, or its acceptor would stand still where the guard is to be asked: the
     * one in hand, those who are never refused, those who came in place of one that is about to close.
     */
    private void fitLatch() {
        int most = ceiling;
        super.setMaxConnections(guard == null || most < 1 ? most : latchLimit(most));
    }

    static int latchLimit(int most) {
        return (int) Math.min(Integer.MAX_VALUE, (long) most + BEYOND);
    }

    @Override
    protected LimitLatch initializeConnectionLatch() {
        LimitLatch latch = super.initializeConnectionLatch();
        int most = ceiling;
        if (latch != null && guard != null && most >= 1) {
            // Tomcat makes it anew at a start, as large as getMaxConnections() says.
            latch.setLimit(latchLimit(most));
        }
        return latch;
    }

    @Override
    public void startInternal() throws Exception {
        synchronized (lifecycle) {
            AdmissionControl now = guard;
            starting = true;
            if (now != null && !running) {
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
        boolean started = false;
        try {
            super.startInternal();
            started = true;
        } finally {
            starting = started;
        }
        synchronized (lifecycle) {
            AdmissionControl now = guard;
            if (now != null && running) {
                watchWork(now);
                sayActive();
            }
        }
    }

    @Override
    public void stopInternal() {
        synchronized (lifecycle) {
            starting = false;
            // Before its executor ends.
            watch.unwatchWork(shortName());
        }
        super.stopInternal();
    }

    @Override
    public void unbind() throws Exception {
        super.unbind();
        acceptorThread = null;
    }

    private void listen(AdmissionControl now) {
        EndpointControl control = new EndpointControl(this, connections, now);
        service = control.served();
        if (getUnixDomainSocketPath() != null) {
            watch.listen(now, shortName(), 0, control);
            return;
        }
        int bound = getLocalPort();
        watch.listen(now, shortName(), bound > 0 ? bound : getPortWithOffset(), control);
    }

    private void watchWork(AdmissionControl now) {
        Executor executor = rawExecutor();
        UnpooledWork work = executor == null || !UnpooledWork.isUnpooled(executor)
                ? null
                : new UnpooledWork(
                        executor,
                        Math.max(UnpooledWork.FEWEST, getMaxThreads()),
                        patience(now),
                        this::anyAnswerGrew,
                        System::nanoTime);
        unpooled = work;
        watch.watchWork(now, shortName(), work == null ? executor : work);
        Poller poller = getPoller();
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
            NioSocketWrapper wrapper = connection.atWork() ? wrapperOf(connection) : null;
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

    /** @param source Tomcat's name of the connector, by its port of now; an endpoint's own is given once, before it is bound */
    void nameBy(Supplier<String> source) {
        names = source;
    }

    private String shortName() {
        return names.get().replace("\"", "");
    }

    /** Whether the socket is bound and its acceptor runs. Read by the sampler in each cycle. */
    boolean isAccepting() {
        Thread thread = acceptorThread;
        boolean runs = running
                && !paused
                && acceptor != null
                && acceptor.getState() == Acceptor.AcceptorState.RUNNING
                && (thread == null || thread.isAlive());
        if (runs) {
            starting = false;
        }
        return runs || (starting && !paused);
    }

    /** @param dead whose thread is gone */
    void restart(Poller dead, long now) {
        synchronized (lifecycle) {
            if (running && getPoller() == dead) {
                pollerRestart.restart(dead, getName() + "-Poller", getThreadPriority(), now);
            }
        }
    }

    // ---- connections come

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        if (acceptorThread != Thread.currentThread()) {
            // An Error ends the acceptor without a word in its state.
            acceptorThread = Thread.currentThread();
        }
        return super.serverSocketAccept();
    }

    @Override
    protected boolean setSocketOptions(SocketChannel channel) {
        GuardedListener now = watch.listener();
        if (now == null || !serves()) {
            return super.setSocketOptions(channel);
        }
        filesBeingSent.sweep();
        evictor.sweep();
        keepAliveProbes.sweep();
        InetAddress source = GuardedListener.sourceOf(channel);
        Admission decision = now.acceptBlocking(source, this::serves);
        if (decision.refused()) {
            // Answered false, Tomcat closes only what it has a wrapper for. The slot in its connection limit is ours to
            // give back.
            countDownConnection();
            now.refuse(channel, decision);
            return false;
        }
        GuardedConnection connection = new GuardedConnection(this, now, channel, source);
        registry.add(connection);
        boolean taken = false;
        try {
            taken = super.setSocketOptions(channel);
        } finally {
            if (!taken) {
                registry.forget(channel);
            }
            noteAccepted(channel, taken);
        }
        return taken;
    }

    private void noteAccepted(SocketChannel channel, boolean taken) {
        ServiceWatch watching = service;
        if (watching != null) {
            if (taken) {
                watching.accepted(channel);
            } else {
                watching.lost();
            }
        }
    }

    /** An Error passes, on the thread whose connection it closes. */
    void noteError() {
        GuardedConnection connection = registry.onThisThread();
        if (connection != null) {
            connection.run().error();
        }
    }

    /** A request gets to the application. */
    void reachesApplication() {
        ServiceWatch watching = service;
        if (watching != null) {
            watching.reached();
        }
    }

    /** Whether it is started and not paused. */
    boolean serves() {
        return running && !paused;
    }

    // ---- connections work

    @Override
    public void setHandler(Handler<NioChannel> handler) {
        super.setHandler(new GuardedHandler(handler, this));
    }

    @Override
    protected SocketProcessorBase<NioChannel> createSocketProcessor(
            SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        return new GatedProcessor(wrapper, event);
    }

    /**
     * Hands it to a worker. Where none can be had, Tomcat closes that connection; but an OutOfMemoryError, which is how the JDK says that no
     * thread can be made, would go on through the poller and end its thread, and nobody would be served any more.
     */
    @Override
    public boolean processSocket(SocketWrapperBase<NioChannel> wrapper, SocketEvent event, boolean dispatch) {
        if (!dispatch) {
            return super.processSocket(wrapper, event, false);
        }
        boolean taken = false;
        try {
            taken = super.processSocket(wrapper, event, true);
        } catch (VirtualMachineError e) {
            noWorker.complain(shortName(), e);
        }
        ServiceWatch watching = service;
        if (!taken && watching != null) {
            watching.lost();
        }
        return taken;
    }

    /** As it was set. Others may ask of what class it is. */
    @Nullable Executor rawExecutor() {
        return super.getExecutor();
    }

    /** Tomcat's own way to it, past {@link #processSocket}. */
    @Override
    public Executor getExecutor() {
        Executor executor = super.getExecutor();
        if (executor == null || guard == null) {
            return executor;
        }
        OperationExecutor last = operations;
        if (last == null || !last.isFor(executor)) {
            last = new OperationExecutor(executor, this::lostOperation);
            operations = last;
        }
        return last;
    }

    private void lostOperation(@Nullable VirtualMachineError e) {
        if (e != null) {
            noWorker.complain(shortName(), e);
        }
        ServiceWatch watching = service;
        if (watching != null) {
            watching.lost();
        }
    }

    KeepAliveProbes keepAliveProbes() {
        return keepAliveProbes;
    }

    int unaskedAtFirst() {
        return unaskedAtFirst;
    }

    /** Null while there is none. */
    @Nullable Poller currentPoller() {
        return getPoller();
    }

    Evictor evictor() {
        return evictor;
    }

    ConnectionRegistry registry() {
        return registry;
    }

    FilesBeingSent filesBeingSent() {
        return filesBeingSent;
    }

    void sendsFile(GuardedConnection connection) {
        NioSocketWrapper wrapper = wrapperOf(connection);
        if (wrapper != null) {
            filesBeingSent.add(connection, wrapper);
        }
    }

    void sendsFileOnStream(GuardedConnection connection, long patienceMillis) {
        NioSocketWrapper wrapper = wrapperOf(connection);
        if (wrapper != null) {
            filesBeingSent.addStream(connection, wrapper, patienceMillis);
        }
    }

    @Nullable NioSocketWrapper wrapperOf(GuardedConnection connection) {
        return wrapperOf(connection.channel()) instanceof NioSocketWrapper wrapper ? wrapper : null;
    }

    /** Null if Tomcat does not know it yet, or no more. */
    @Nullable SocketWrapperBase<NioChannel> wrapperOf(SocketChannel channel) {
        return connections.get(channel);
    }

    // ---- connections go

    /** See {@link Evictor#evict}. */
    void evict(GuardedConnection connection, Closing how, boolean nobodyInside) {
        evictor.evict(connection, how, nobodyInside);
    }

    /** A closed channel gives its descriptor back only when the selector that knows it selects again. */
    void wakePoller() {
        Poller poller = getPoller();
        if (poller != null) {
            poller.getSelector().wakeup();
        }
    }

    private static boolean isHandshaken(SocketWrapperBase<NioChannel> wrapper) {
        NioChannel socket = wrapper.getSocket();
        return socket != null && socket.isHandshakeComplete();
    }

    /** From now on, or no more, a connection of HTTP/1.1 is closed when the request in progress is answered. */
    void closeAnswered(boolean close) {
        closesAnswered = close;
    }

    boolean closesAnswered() {
        return closesAnswered;
    }

    /** Connections in the guard's books. */
    int guardedConnections() {
        return registry.size();
    }

    /** Runs Tomcat's work on a connection unless that was evicted meanwhile. */
    private final class GatedProcessor extends SocketProcessor {

        GatedProcessor(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
            super(wrapper, event);
        }

        @Override
        protected void doRun() {
            ServiceWatch watching = service;
            if (watching != null) {
                watching.dispatched();
            }
            // Tomcat pools this object and may hand it to another thread before super.doRun() returns: fields only up
            // to there.
            SocketWrapperBase<NioChannel> wrapper = socketWrapper;
            GuardedConnection connection = registry.of(wrapper);
            if (connection == null) {
                // Not guarded; or closed since this was queued, and then its channel object may be another client's by
                // now.
                if (!wrapper.isClosed()) {
                    super.doRun();
                }
                return;
            }
            boolean entered = connection.enter(event, isHandshaken(wrapper));
            WorkerRun run = connection.run();
            boolean whole = false;
            try {
                if (entered) {
                    run.begin();
                    super.doRun();
                }
                whole = true;
                if (watching != null) {
                    watching.served();
                }
            } finally {
                boolean evicted = connection.leave();
                if (!whole) {
                    run.error();
                }
                if (entered && !evicted && watching != null && run.failed(wrapper.isClosed())) {
                    watching.failed();
                }
                // An Error leaves Tomcat's part of it half done, and no event would ever come again.
                if (evicted || !whole) {
                    wrapper.close();
                }
            }
        }
    }
}
