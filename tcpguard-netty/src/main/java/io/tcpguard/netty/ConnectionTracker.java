/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.util.AttributeKey;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * First in an admitted connection's pipeline: looks for who knows what is work, knows whether the server wants bytes,
 * reports the end to the core, and evicts when it is told to. Of what goes out it sees nothing but the reads that are
 * asked for: each handler on that way costs each answer. Bytes alone are no use of a connection: those of a TLS
 * handshake or of half a head are not.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class ConnectionTracker extends DrainState implements ConnectionCloser, ChannelFutureListener {
    static final AttributeKey<ConnectionTracker> KEY = AttributeKey.valueOf(ConnectionTracker.class, "tracker");

    private final ServerPort port;
    private final Channel channel;
    private final ConnectionHandle handle;
    private final Outgoing outgoing;
    final ClientWaits waits;
    private final ChildFate fate;

    /** How to evict; null while nobody wants to. */
    private volatile @Nullable Closing evicted;

    private volatile boolean reported;
    private volatile boolean kept;

    /** Of the event loop that serves it; null until one does. */
    private volatile LoopWatch.@Nullable Beat beat;

    /** Whether a read was asked for one by one, auto-read being off, and has not ended. Written by the event loop. */
    private volatile boolean reading;

    private final WorkFinder work = new WorkFinder(this);
    private final ProxyHeader proxy = new ProxyHeader();

    ConnectionTracker(ServerPort port, Channel channel) {
        this.port = port;
        this.channel = channel;
        this.outgoing = new Outgoing(channel);
        this.fate = new ChildFate(channel, port.children);
        this.waits = new ClientWaits(this);
        // Last: who is in the books must be able to leave them.
        this.handle = port.listener.open(ServerPort.source(channel), this);
    }

    /** Whether a request may be worked on, by its loop's delay and by whose it is. On that loop, once for each. */
    boolean admitsRequest() {
        LoopWatch.Beat loop = beat;
        return (loop == null || loop.admitsRequest(source())) && proxy.admits(port.listener, source(), handle);
    }

    /** Null if not known. */
    @Nullable InetAddress source() {
        return ServerPort.source(channel);
    }

    ServerPort port() {
        return port;
    }

    ConnectionHandle handle() {
        return handle;
    }

    /** Whether it was, or it is known that it never will be. */
    boolean hasBeenServed() {
        return fate.known();
    }

    /** It belongs to its application from now on: never evicted. */
    void keep() {
        kept = true;
        handle.exemptFromEviction();
    }

    /** Whether somebody may be waited for here: work is in progress, or the application said or may say so. */
    boolean mayWait() {
        return kept || reported || handle.working();
    }

    /** The handle, for the application to report on. */
    ConnectionHandle reportedByApplication() {
        reported = true;
        return handle;
    }

    /** Whether the application does so. */
    boolean reported() {
        return reported;
    }

    @Override
    Ports ports() {
        return port.ports;
    }

    @Override
    Channel channel() {
        return channel;
    }

    private void servedBy(EventLoop loop) {
        beat = port.loops.seen(loop);
        port.children.servedBy(loop);
    }

    /** It may be registered with another loop than before. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        LoopWatch.Beat before = beat;
        if (before == null || !before.isOf(channel.eventLoop())) {
            servedBy(channel.eventLoop());
        }
        if (channel.isOpen()) {
            // Whoever closes it from here on, as a filter of addresses does, knows what he does.
            served();
        }
        ctx.fireChannelRegistered();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        servedBy(channel.eventLoop());
        if (evicted != null) {
            evict(false);
        }
    }

    /** An application that takes all handlers out goes on without: what happens here nobody knows then. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (channel.isOpen()) {
            keep();
        }
    }

    /** Looks before anybody is told, since a server may speak first, to clients that never do. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        served();
        work.look(ctx, false);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (noteAsked()) {
            proxy.look(ctx.pipeline(), msg, handle);
        }
        if (!work.known()) {
            work.look(ctx, false);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (reading) {
            reading = false;
        }
        ctx.fireChannelReadComplete();
        if (!work.known()) {
            // What was read may have changed the pipeline, and be all that comes for hours.
            work.look(ctx, true);
        }
        WorkSource exact = work.exact();
        if (exact != null) {
            exact.readComplete();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        // What auto-read asks for is taken back when it is switched off, and no handler hears of that.
        boolean oneByOne = !channel.config().isAutoRead();
        if (reading != oneByOne) {
            reading = oneByOne;
        }
        ctx.read();
    }

    /** Somebody knows that the pipeline is complete now. On the event loop. */
    void look() {
        ChannelHandlerContext own = channel.pipeline().context(this);
        if (own != null && !work.known()) {
            work.look(own, false);
        }
    }

    /** A request comes out at this place, of a codec that nothing else tells of. On the event loop. */
    void foundHttp(ChannelHandlerContext there) {
        work.foundHttp(there);
    }

    /** Its event loop has it, and its pipeline is made. */
    void served() {
        fate.served();
    }

    /** Ends the tracking of a connection, if it is tracked. */
    static void forget(Channel channel) {
        ConnectionTracker tracker = channel.attr(KEY).get();
        if (tracker != null) {
            tracker.operationComplete(channel.closeFuture());
        }
    }

    /** The connection is closed, or could not be registered. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        handle.closed();
        fate.closed(evicted != null);
        port.connectionClosed(this);
    }

    /**
     * Its event loop has not come to it, or the application does not ask for the client's bytes, or what the server
     * sends is on its way: what the client has said meanwhile nobody knows. Of a client that takes nothing only the
     * last counts: many servers read no more until it does.
     */
    @Override
    public boolean inProgress() {
        LoopWatch.Beat of = beat;
        if (!channel.isRegistered() || (of != null && of.late())) {
            return true;
        }
        BlockedWrites seen = waits.blocked();
        if (seen != null) {
            return seen.moved();
        }
        return (!reading && !channel.config().isAutoRead()) || outgoing.moved();
    }

    // ---- while the server drains

    @Override
    @Nullable WorkSource workSource() {
        return work.exact();
    }

    /** Whether something is in progress, as far as another thread can know. */
    boolean atWork() {
        return handle.working() || inProgress();
    }

    boolean isClosing() {
        return evicted != null;
    }

    /** Closes it if nothing is in progress. On the event loop. */
    void endIdle() {
        WorkSource source = work.exact();
        if (evicted != null || (source != null && source.insideRequest()) || !handle.claim()) {
            return;
        }
        if (port.listener.mayReset()) {
            evicted = Closing.RESET;
        } else {
            evicted = Closing.ORDERLY;
        }
        evict(true);
    }

    /** Called by a thread that accepts; the connection's own event loop does it. */
    @Override
    public void close(Closing how) {
        evicted = how;
        onItsLoop(() -> evict(false));
    }

    private void evict(boolean draining) {
        Closing how = evicted;
        if (how != null) {
            ConnectionEnd.evict(channel, port.ports, how, work.exact(), draining);
        }
    }
}
