/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.LimitLatch;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's NIO endpoint with the guard in it: the guard is asked about each connection right after accept, before
 * anything is spent on it. Public for nobody but Tomcat's own MBean {@code type=ThreadPool}, which calls its methods.
 */
public final class GuardedNioEndpoint extends NioEndpoint {
    /**
     * More than the guard lets pass a ceiling, and the one in hand: what Tomcat counts and does not hold finds room,
     * too.
     */
    private static final int BEYOND = 64;

    private final ConnectionRegistry registry = new ConnectionRegistry();
    private final Evictor evictor = new Evictor(this, registry);
    private final FilesBeingSent filesBeingSent = new FilesBeingSent();
    private final KeepAliveProbes keepAliveProbes = new KeepAliveProbes();
    private final PollerRestart pollerRestart = new PollerRestart();
    private final AcceptorLife acceptorLife = new AcceptorLife();
    /** Made beforehand: there is no memory for it when it is thrown. */
    private final IOException noMemory = new IOException("no memory for a connection");

    /** Guards the fields from here on against concurrent starts, stops and changes of guard; reads need no lock. */
    private final Object lifecycle = new Object();

    private final EndpointGuard guarding = new EndpointGuard(this, connections, registry, lifecycle);
    private final WorkerGate gate = new WorkerGate(registry, guarding);

    private volatile @Nullable OperationExecutor operations;

    /** What {@code maxConnections} was set to: the policy's ceiling, not the latch's. */
    private volatile int ceiling = super.getMaxConnections();

    /** Only its protocol makes one. */
    GuardedNioEndpoint() {
        super();
    }

    /** Who guards it. */
    EndpointGuard guarding() {
        return guarding;
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
     * Under guard Tomcat's own limit lets in a few more than was set, or its acceptor would stand still where the guard
     * is to be asked: the one in hand, those who are never refused, those who came instead of one that is about to
     * close.
     */
    void fitLatch() {
        super.setMaxConnections(latchLimit());
    }

    private int latchLimit() {
        int most = ceiling;
        return guarding.guard() == null || most < 1 ? most : latchLimit(most);
    }

    static int latchLimit(int most) {
        return (int) Math.min(Integer.MAX_VALUE, (long) most + BEYOND);
    }

    @Override
    protected LimitLatch initializeConnectionLatch() {
        LimitLatch latch = super.initializeConnectionLatch();
        if (latch != null) {
            // Tomcat makes it anew at a start, as large as getMaxConnections() says.
            latch.setLimit(latchLimit());
        }
        return latch;
    }

    @Override
    public void startInternal() throws Exception {
        synchronized (lifecycle) {
            acceptorLife.starting(true);
            guarding.starts();
        }
        boolean started = false;
        try {
            super.startInternal();
            started = true;
        } finally {
            acceptorLife.starting(started);
            if (!started && acceptor == null) {
                // Tomcat's stop fails where no acceptor was made, and its socket stays bound for good.
                running = false;
                shutdownExecutor();
            }
        }
        guarding.started();
    }

    @Override
    public void stopInternal() {
        synchronized (lifecycle) {
            acceptorLife.starting(false);
            // Before its executor ends.
            guarding.stops();
        }
        super.stopInternal();
    }

    @Override
    public void unbind() throws Exception {
        super.unbind();
        acceptorLife.ended();
    }

    /** Whether the socket is bound and its acceptor runs. Read by the sampler in each cycle. */
    boolean isAccepting() {
        return !paused && acceptorLife.accepts(running ? acceptor : null);
    }

    /** @param dead whose thread is gone */
    void restart(Poller dead, long now) {
        synchronized (lifecycle) {
            if (running && getPoller() == dead) {
                pollerRestart.restart(dead, this, now);
            }
        }
    }

    // ---- connections come

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        acceptorLife.isHere();
        try {
            return super.serverSocketAccept();
        } catch (VirtualMachineError e) {
            // Any other than an Exception would end the acceptor; it pauses for a moment, and goes on.
            guarding.noteLost(e);
            throw noMemory;
        }
    }

    /** An OutOfMemoryError is that connection's end, not the acceptor's: else nobody would ever be served again. */
    @Override
    protected boolean setSocketOptions(SocketChannel channel) {
        try {
            return admit(channel);
        } catch (VirtualMachineError e) {
            guarding.noteLost(e);
            // What it has a wrapper for Tomcat closes.
            if (wrapperOf(channel) == null) {
                destroySocket(channel);
            }
            return false;
        }
    }

    private boolean admit(SocketChannel channel) {
        GuardedListener now = guarding.listener();
        if (now == null || !serves()) {
            return super.setSocketOptions(channel);
        }
        filesBeingSent.sweep();
        evictor.sweep();
        keepAliveProbes.sweep();
        InetAddress source = NioConnection.sourceOf(channel);
        Admission decision = now.acceptBlocking(source, this::serves);
        if (decision.refused()) {
            now.refuse(channel, decision);
            // Answered false, Tomcat closes only what it has a wrapper for. The slot in its connection limit is ours to
            // give back.
            countDownConnection();
            return false;
        }
        GuardedConnection connection = new GuardedConnection(this, now, channel, source);
        boolean taken = false;
        try {
            registry.add(connection);
            taken = super.setSocketOptions(channel);
        } finally {
            if (!taken) {
                registry.forget(connection);
            }
        }
        guarding.noteAccepted(channel, taken);
        return taken;
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
     * Hands it to a worker. Where none can be had, Tomcat closes that connection; but an OutOfMemoryError, which is how
     * the JDK says that no thread can be made, would go on through the poller and end its thread, and nobody would be
     * served any more.
     */
    @Override
    public boolean processSocket(SocketWrapperBase<NioChannel> wrapper, SocketEvent event, boolean dispatch) {
        if (!dispatch) {
            return super.processSocket(wrapper, event, false);
        }
        VirtualMachineError error = null;
        try {
            if (super.processSocket(wrapper, event, true)) {
                return true;
            }
        } catch (VirtualMachineError e) {
            error = e;
        }
        guarding.noteLost(error);
        return false;
    }

    /** As it was set. Others may ask of what class it is. */
    @Nullable Executor rawExecutor() {
        return super.getExecutor();
    }

    /** Tomcat's own way to it, past {@link #processSocket}. */
    @Override
    public Executor getExecutor() {
        Executor executor = super.getExecutor();
        if (executor == null || guarding.guard() == null) {
            return executor;
        }
        OperationExecutor last = operations;
        if (last == null || !last.isFor(executor)) {
            last = new OperationExecutor(executor, guarding::noteLost);
            operations = last;
        }
        return last;
    }

    KeepAliveProbes keepAliveProbes() {
        return keepAliveProbes;
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

    @Nullable NioSocketWrapper wrapperOf(GuardedConnection connection) {
        return wrapperOf(connection.channel()) instanceof NioSocketWrapper wrapper ? wrapper : null;
    }

    /** Null if Tomcat does not know it yet, or no more. */
    @Nullable SocketWrapperBase<NioChannel> wrapperOf(SocketChannel channel) {
        return connections.get(channel);
    }

    /** Runs Tomcat's work on a connection unless that was evicted meanwhile. */
    private final class GatedProcessor extends SocketProcessor implements WorkerGate.Work {

        GatedProcessor(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
            super(wrapper, event);
        }

        @Override
        protected void doRun() {
            gate.run(this, socketWrapper, event);
        }

        @Override
        public void proceed() {
            super.doRun();
        }
    }
}
