/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.NioConnection;
import io.tcpguard.spi.Pacing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.RejectedExecutionException;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The closing of connections that the guard evicts, so that Tomcat's own counts stay right. Called on accepting
 * threads; where it says so, on one that drains.
 */
final class Evictor {
    private static final GuardLog log = GuardLog.of(Evictor.class);

    private final GuardedNioEndpoint endpoint;
    private final ConnectionRegistry registry;
    private final GoAwayCloser goAwayCloser = new GoAwayCloser(this);

    Evictor(GuardedNioEndpoint endpoint, ConnectionRegistry registry) {
        this.endpoint = endpoint;
        this.registry = registry;
    }

    /** Closes what had its time for a GOAWAY. */
    void sweep() {
        goAwayCloser.sweep();
    }

    /** Tomcat is about to close one that is not known here any more. */
    void closes(SocketWrapperBase<NioChannel> wrapper) {
        goAwayCloser.closes(wrapper);
    }

    /** @param nobodyInside no worker is inside this connection's gate, and none gets in */
    void evict(GuardedConnection connection, Closing how, boolean nobodyInside) {
        SocketChannel channel = connection.channel();
        if (how == Closing.RESET) {
            NioConnection.resetWhenClosed(channel);
        }
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(channel);
        if (wrapper != null && connection.multiplexed()) {
            // A worker inside is waited for by the one that says it; it may be about to leave.
            evictMultiplexed(channel, wrapper, how == Closing.ORDERLY);
        } else if (wrapper != null && nobodyInside) {
            // Its next request may have come this moment.
            ClientChannel.discardUnread(channel);
            wrapper.close();
        } else if (wrapper != null && connection.holdsThread() && connection.cut(how)) {
            // It waits for the rest of a body, wakes up to its end, and closes when it leaves.
            log.debug("Evicted while its request waits for its client: {}", channel);
        } else {
            // The worker inside finds the socket closed, and closes the rest when it leaves.
            closeQuietly(channel);
            if (wrapper == null) {
                closeIfKnownByNow(channel);
            }
        }
        registry.forget(channel);
        wakePoller();
    }

    /** Its client is gone: the application is told as of any broken connection. Any thread. */
    void endGone(GuardedConnection connection) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(connection.channel());
        if (wrapper == null) {
            return;
        }
        wrapper.setError(new EOFException("the client has closed the connection"));
        if (!process(wrapper, SocketEvent.ERROR)) {
            wrapper.close();
        }
    }

    /** Tomcat leaves a connection in its count that was closed just before its poller could register it. */
    private void closeIfKnownByNow(SocketChannel channel) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(channel);
        if (wrapper != null) {
            wrapper.close();
        }
    }

    private void evictMultiplexed(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper, boolean politely) {
        // Tracked no more first, since the gate keeps Tomcat's own events from it else.
        registry.forget(channel);
        if (!politely || !goAwayCloser.begin(channel, wrapper)) {
            closeUnderWorkers(channel, wrapper);
        }
    }

    /**
     * Frames may be read outside of the gate, so the rest is closed in Tomcat's own way for a dead HTTP/2 connection.
     */
    void closeUnderWorkers(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper) {
        closeQuietly(channel);
        if (!process(wrapper, SocketEvent.ERROR)) {
            wrapper.close();
        }
    }

    // ---- while the server drains

    /**
     * Tells an HTTP/2 client to open no more streams here (GOAWAY with the highest number, RFC 9113, 6.8), on a worker,
     * since the client may not read.
     *
     * @return false if that can't be now
     */
    boolean sayGoAway(GuardedConnection connection) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(connection.channel());
        if (wrapper == null
                || !(wrapper.getCurrentProcessor() instanceof Processor processor)
                // In the middle of its upgrade: that of HTTP/1.1 says nothing.
                || !processor.isUpgrade()) {
            return false;
        }
        try {
            endpoint.getExecutor().execute(processor::pause);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("No worker is free to say GOAWAY on {}", connection.channel(), e);
            return false;
        }
    }

    /**
     * Has Tomcat send a close frame, if it is a WebSocket (RFC 6455, 7.4.1: 1001, going away); false if there is no
     * worker for it.
     */
    boolean closeWebSocket(GuardedConnection connection) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(connection.channel());
        // Tomcat's own upgrades are HTTP/2, which is not asked here, and WebSocket. What others would make of it is not
        // known.
        return wrapper == null
                || !(wrapper.getCurrentProcessor() instanceof UpgradeProcessorInternal)
                || process(wrapper, SocketEvent.STOP);
    }

    /**
     * Ends a connection that was {@linkplain GuardedConnection#claimIdle claimed}, HTTP/2 by a GOAWAY with the last
     * stream taken.
     */
    void end(GuardedConnection connection, Closing how) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(connection.channel());
        if (wrapper != null && connection.multiplexed()) {
            wrapper.setWriteTimeout(Pacing.CLOSE_GRACE_MILLIS);
            connection.ends();
            // To Tomcat an HTTP/2 connection that has been idle for too long.
            if (process(wrapper, SocketEvent.TIMEOUT)) {
                return;
            }
        }
        connection.close(how);
    }

    /** Ends one whose client does not read its last bytes. */
    void endNow(GuardedConnection connection) {
        SocketChannel channel = connection.channel();
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(channel);
        if (wrapper == null) {
            closeQuietly(channel);
        } else {
            closeUnderWorkers(channel, wrapper);
        }
        registry.forget(channel);
        wakePoller();
    }

    /** Hands it to a worker; false if there is none. */
    boolean process(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        return endpoint.processSocket(wrapper, event, true);
    }

    /** A closed channel gives its descriptor back only when the selector that knows it selects again. */
    private void wakePoller() {
        NioEndpoint.Poller poller = endpoint.currentPoller();
        if (poller != null) {
            poller.getSelector().wakeup();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        ClientChannel.discardUnread(channel);
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("Close of {} failed; its descriptor is gone all the same", channel, e);
        }
    }
}
