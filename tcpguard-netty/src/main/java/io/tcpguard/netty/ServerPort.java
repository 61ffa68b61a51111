/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.AttributeKey;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One server channel under guard: decides about its children and counts them until it closes. */
final class ServerPort implements ListenerControl, ChannelFutureListener {
    static final AttributeKey<ServerPort> KEY = AttributeKey.valueOf(ServerPort.class, "port");

    final Ports ports;
    final GuardedListener listener;
    final LoopWatch loops;
    private final Channel server;
    final ServedChildren children;
    /** Admitted children that are open. */
    final Set<ConnectionTracker> connections = ConcurrentHashMap.newKeySet();

    private final BooleanSupplier stuck = this::isStuck;
    /** The number of the child that waits. Of the event loop that accepts. */
    private long waits;

    private final AtomicBoolean closed = new AtomicBoolean();
    /** Set while accepting pauses, for whom a free descriptor is news. */
    volatile @Nullable Runnable wantsDescriptors;

    ServerPort(Ports ports, Channel server) {
        this.ports = ports;
        this.server = server;
        this.children = new ServedChildren(ports.stalledAfter);
        int port = server.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
        this.listener = ports.policy.listen("netty-" + (port > 0 ? port : server.localAddress()), port, this);
        this.loops = new LoopWatch(listener);
        // Said once for each port, which also warms the logger while descriptors are free.
        NettyLog.LOG.info(
                "guarding {}: active: refusal at accept, eviction of idle connections, watch on its event loops{}",
                server,
                port > 0
                        ? " and its accept queue"
                        : ". Not active: watch on its accept queue, since it has no TCP port");
        if (Multishot.acceptsFor(server)) {
            NettyLog.LOG.warn(
                    "{} may lose all descriptors in a flood, since the kernel accepts for it before tcpguard is asked. "
                            + "Set {}",
                    server,
                    Multishot.OFF);
        }
    }

    /** False once the event loop that accepts has died, and while there is none, whatever the socket looks like. */
    @Override
    public boolean accepting() {
        if (closed.get() || server.eventLoop().isShuttingDown()) {
            return false;
        }
        // Closed on purpose: the next thing that its loop does is to end this registration.
        return !server.isOpen() || (server.isActive() && server.isRegistered());
    }

    @Override
    public boolean serving() {
        return children.serving(System.nanoTime(), stuck);
    }

    /**
     * Whether connections wait that nobody keeps waiting, or most event loops are late: a late one alone has its share
     * of the connections, and the others are served.
     */
    private boolean isStuck() {
        boolean any = false;
        for (ConnectionTracker connection : connections) {
            if (!connection.hasBeenServed()) {
                EventLoop loop = ChildFate.loopOf(connection.channel());
                if (loop == null || !loops.mayBeLate(loop)) {
                    return true;
                }
                any = true;
            }
        }
        return any && loops.mostAreLate();
    }

    @Override
    public int backlog() {
        return server.config() instanceof ServerSocketChannelConfig config ? config.getBacklog() : 0;
    }

    /** A channel with an HTTP codec takes 2.5 KiB; handlers of the application's own come on top. */
    @Override
    public int heapPerConnection() {
        return 8 * 1024;
    }

    @Override
    public int maxConnections() {
        return ports.maxConnections();
    }

    /** Takes the slot that the answer needs: who gets {@link Admission#RESPOND} has one, and gives it back. */
    @Override
    public boolean canAnswer() {
        return ports.needsNoAnswer() || (listener.roomForAnswer() && ports.tryAnswer());
    }

    @Override
    public void noteBlockedWrites() {
        connections.forEach(tracker -> tracker.waits.noteBlockedWrites());
    }

    @Override
    public void endGone(GonePeers peers) {
        if (server.localAddress() instanceof InetSocketAddress local) {
            connections.forEach(tracker -> tracker.waits.endIfGone(peers, local.getPort()));
        }
    }

    /** Asks the policy. Allocates nothing. */
    Admission decide(Channel child) {
        Admission decision = listener.acceptOrWait(source(child));
        if (decision == Admission.WAIT) {
            waits = listener.accepts();
        }
        return decision;
    }

    /** Asks about one that can't wait. Allocates nothing. */
    Admission decideNow(Channel child) {
        return listener.accept(source(child));
    }

    /** Asks again about a child that waits. */
    Admission decideAgain(Channel child) {
        return listener.askAgain(source(child), waits);
    }

    /** The child that waits is dropped, and told nothing. */
    void giveUp() {
        if (listener.giveUp(waits) == Admission.RESPOND) {
            ports.answered();
        }
    }

    /** Tracks an admitted child; the handler belongs first into its pipeline. */
    ConnectionTracker admit(Channel child) {
        ConnectionTracker tracker = new ConnectionTracker(this, child);
        children.admitted();
        try {
            connections.add(tracker);
            ports.list(this);
            child.attr(ConnectionTracker.KEY).set(tracker);
            child.closeFuture().addListener(tracker);
        } catch (RuntimeException | Error e) {
            // It is in the books, and nobody would take it out.
            tracker.operationComplete(child.closeFuture());
            throw e;
        }
        return tracker;
    }

    /** If accepting waits for a descriptor, here is one. */
    void connectionClosed(ConnectionTracker connection) {
        connections.remove(connection);
        forgetIfOver();
        Runnable waiting = wantsDescriptors;
        if (waiting != null && !server.eventLoop().isShuttingDown()) {
            server.eventLoop().execute(waiting);
        }
    }

    static @Nullable InetAddress source(Channel child) {
        SocketAddress remote = child.remoteAddress();
        return remote instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    /** Closed on purpose it is missed no more; by the end of its event loop it is, until another port is bound. */
    @Override
    public void operationComplete(ChannelFuture future) {
        ended();
    }

    /** See {@link #operationComplete}. */
    void ended() {
        if (server.eventLoop().isShuttingDown()) {
            ports.lost(this);
        } else {
            close();
        }
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            server.attr(KEY).compareAndSet(this, null);
            loops.close();
            listener.close();
            forgetIfOver();
        }
    }

    private void forgetIfOver() {
        if (closed.get() && connections.isEmpty()) {
            ports.forget(this);
            if (!connections.isEmpty()) {
                ports.list(this); // One that was in hand came between the two.
            }
        }
    }
}
