/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.ClientWait;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.RequestsInProgress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * What the guard knows of one connection, and the gate that keeps its eviction apart from Tomcat's work on it.
 *
 * <p>Tomcat pools the channel objects of closed connections. If an evictor closed a connection while a worker still
 * reads from it, that worker could read the next client's bytes. So an evictor closes through Tomcat only if no worker
 * is inside, and no worker gets in afterwards; else it closes the socket, and the worker on its way out closes the
 * rest.
 */
final class GuardedConnection implements ConnectionCloser {
    /** For {@link #looksAtWrite}. */
    static final long NOTHING_WAITS = -1;

    private final GuardedNioEndpoint endpoint;
    private final SocketChannel channel;
    private final @Nullable InetAddress source;
    private final ConnectionHandle handle;
    private final ConnectionGate gate = new ConnectionGate();
    private final AtomicBoolean working = new AtomicBoolean();
    private final RequestsInProgress requests;
    private final WorkerRun run = new WorkerRun();
    private final ClientWait clientWait = new ClientWait();

    /** Where the worker inside puts the next request of HTTP/1.1. Only workers touch it, one at a time. */
    private @Nullable Request reading;

    /** Beyond what its requests read, the rest of a body is awaited. Only workers touch it, one at a time. */
    private boolean restAwaited;

    /** Part of a request's head is here. Only workers touch it, one at a time. */
    private boolean headBegun;

    /** Of who looks. */
    private long lastWrite = NOTHING_WAITS;

    private volatile boolean multiplexed;
    private volatile boolean kept;
    private volatile boolean asked;
    private volatile boolean ending;

    GuardedConnection(
            GuardedNioEndpoint endpoint,
            GuardedListener listener,
            SocketChannel channel,
            @Nullable InetAddress source) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.source = source;
        this.handle = listener.open(source, this);
        this.requests = new RequestsInProgress(handle);
    }

    @Nullable InetAddress source() {
        return source;
    }

    /** Null if it is not known. */
    @Nullable InetSocketAddress peer() {
        return NioConnection.peerOf(channel);
    }

    /** A thread works on it just now, and will find out by itself whether its client is gone. */
    boolean workerInside() {
        return gate.workerInside();
    }

    /** Of the worker inside. */
    WorkerRun run() {
        return run;
    }

    SocketChannel channel() {
        return channel;
    }

    /**
     * Each call, whatever it answers, needs one {@link #leave()}.
     *
     * @param handshaken whether TLS, if it is received here, was agreed on before this event: bytes of a handshake are
     *     no word, so who stalls in it, or says nothing after it, counts as silent and is evicted first
     * @return false: it was evicted
     */
    boolean enter(SocketEvent event, boolean handshaken) {
        if (!gate.enter()) {
            return false;
        }
        // Only the first bytes of a head end the idle time: who sends it byte by byte ages from the first.
        // Of HTTP/2 only requests count: pings, and frames that come byte by byte, hold no slot.
        if (event == SocketEvent.OPEN_READ && handshaken && !headBegun) {
            headBegun = true;
            handle.touch();
        }
        return true;
    }

    /** True: it was evicted while workers were inside, and the caller is the last of them: close what is left. */
    boolean leave() {
        return gate.leave();
    }

    /** A request was begun on it. */
    boolean asked() {
        return asked;
    }

    /** It was upgraded to what only the application knows. */
    boolean kept() {
        return kept;
    }

    boolean atWork() {
        return handle.working();
    }

    /**
     * From now on no request begins on it. False if one is in progress, or a worker reads one: then nothing changed.
     */
    boolean claimIdle() {
        return gate.idle() && handle.claim();
    }

    /** @param request where a worker reads HTTP/1.1 into; null: it does so no more */
    void reads(@Nullable Request request) {
        reading = request;
    }

    /**
     * Tomcat asks when it has read a whole head of HTTP/1.1, and before it does anything for it: whether the answer is
     * to end the connection. Never of one that is upgraded; h2c is, in Tomcat, before that.
     *
     * @param serverLeaves whether all of them are
     */
    boolean endsWithAnswer(boolean serverLeaves) {
        Request request = reading;
        if (request == null) {
            return false;
        }
        lookForProxy(request);
        workBegins();
        String upgrade = request.getHeader("Upgrade");
        return (upgrade == null || upgrade.equalsIgnoreCase("h2c")) && (serverLeaves || leaves());
    }

    /** A whole head has arrived. False: the connection is being closed, drop the request. */
    boolean requestBegins(Request request) {
        lookForProxy(request);
        reachesApplication();
        restAwaited(false);
        return workBegins();
    }

    private boolean workBegins() {
        if (working.get()) {
            // A pipelined request: the connection has been busy since the first.
            return true;
        }
        if (!requests.begin()) {
            return false;
        }
        working.set(true);
        asked = true;
        return true;
    }

    /** At its first request only; allocates nothing. */
    private void lookForProxy(Request request) {
        if (!asked && ClientChannel.isForwarded(request)) {
            handle.forwards();
        }
    }

    private void reachesApplication() {
        run.application();
        endpoint.guarding().noteReached();
    }

    /** Whether it gives its slot back with the answer of now. */
    boolean leaves() {
        return handle.leaves();
    }

    /** Nothing is in progress any more. */
    void requestsEnded() {
        restAwaited(false);
        if (working.getAndSet(false)) {
            requests.end();
        }
    }

    /** What comes next is a new head. */
    void nextHead() {
        headBegun = false;
    }

    /** Answered, and no byte of a next request is here. */
    void waitsForNextRequest() {
        nextHead();
        requestsEnded();
    }

    /** One stream of many begins: overlaps with others. */
    boolean streamBegins(Request request) {
        lookForProxy(request);
        return streamBegins();
    }

    /** The same where there is no request of its own. */
    boolean streamBegins() {
        reachesApplication();
        asked = true;
        return requests.begin();
    }

    void streamEnded() {
        requests.end();
    }

    RequestsInProgress requests() {
        return requests;
    }

    /** @param at when something was written last, where the answer waits for its client; else nothing waits */
    void looksAtWrite(long at) {
        boolean still = at != NOTHING_WAITS && at == lastWrite;
        if (!still && at != NOTHING_WAITS && lastWrite != NOTHING_WAITS) {
            handle.sent();
        }
        lastWrite = at;
        requests.writeBlocked(still);
    }

    /** Its request of HTTP/1.1 goes on, or is over, when the rest of its body has come; or no more. */
    void restAwaited(boolean awaited) {
        if (restAwaited != awaited) {
            restAwaited = awaited;
            requests.waitsForBody(awaited);
        }
    }

    /** It ends now, because the guard wants it to. */
    void ends() {
        ending = true;
    }

    boolean isEnding() {
        return ending;
    }

    /** Null if Tomcat does not know it yet, or no more. */
    @Nullable NioSocketWrapper wrapper() {
        return endpoint.wrapperOf(this);
    }

    /** From now on streams report for themselves. */
    void multiplex() {
        multiplexed = true;
    }

    boolean multiplexed() {
        return multiplexed;
    }

    boolean working() {
        return working.get();
    }

    void keep() {
        kept = true;
        handle.exemptFromEviction();
    }

    /**
     * Whether a worker is inside for a request of HTTP/1.1. Upgraded connections are the application's own, and those
     * of HTTP/2 have write time-outs of a few seconds for each frame. Sampler thread.
     */
    boolean holdsThread() {
        return gate.workerInside() && working.get() && !multiplexed && !kept;
    }

    /** See {@link ClientChannel#cut}. */
    boolean cut(Closing how) {
        clientWait.moves();
        ends();
        return ClientChannel.cut(channel, how);
    }

    ClientWait clientWait() {
        return clientWait;
    }

    void closed() {
        handle.closed();
    }

    /** Bytes that the server has not taken: by its application's choice, or a request that is about to be read. */
    @Override
    public boolean inProgress() {
        return NioConnection.hasUnreadBytes(channel);
    }

    @Override
    public void close(Closing how) {
        ConnectionGate.Eviction eviction = gate.evict();
        if (eviction != ConnectionGate.Eviction.EVICTED_BEFORE) {
            endpoint.evictor().evict(this, how, eviction == ConnectionGate.Eviction.NOBODY_INSIDE);
        }
    }
}
