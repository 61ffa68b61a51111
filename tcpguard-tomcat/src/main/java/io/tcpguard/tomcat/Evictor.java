package io.tcpguard.tomcat;

import io.tcpguard.spi.Closing;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections that the guard gives up, so that Tomcat's own books stay right. Called on accepting threads. */
final class Evictor {
    private static final Logger log = LoggerFactory.getLogger(Evictor.class);

    private final GuardedNioEndpoint endpoint;
    private final ConnectionRegistry registry;
    private final Goodbyes goodbyes = new Goodbyes(this);

    Evictor(GuardedNioEndpoint endpoint, ConnectionRegistry registry) {
        this.endpoint = endpoint;
        this.registry = registry;
    }

    /** Closes what had its time to say goodbye. */
    void sweep() {
        goodbyes.sweep();
    }

    /** @param nobodyInside no worker is inside this connection's gate, and none gets in */
    void evict(GuardedConnection connection, Closing how, boolean nobodyInside) {
        SocketChannel channel = connection.channel();
        if (how == Closing.RESET) {
            connection.resetWhenClosed();
        }
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(channel);
        if (wrapper != null && connection.multiplexed()) {
            evictMultiplexed(channel, wrapper, how == Closing.ORDERLY && nobodyInside);
        } else if (wrapper != null && nobodyInside) {
            wrapper.close();
        } else {
            // The worker inside finds the socket closed, and closes the rest when it leaves.
            closeQuietly(channel);
            if (wrapper == null) {
                closeIfKnownByNow(channel);
            }
        }
        registry.forget(channel);
        endpoint.wakePoller();
    }

    /** Tomcat leaves a connection in its count that was closed just before its poller could register it. */
    private void closeIfKnownByNow(SocketChannel channel) {
        SocketWrapperBase<NioChannel> wrapper = endpoint.wrapperOf(channel);
        if (wrapper != null) {
            wrapper.close();
        }
    }

    private void evictMultiplexed(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper, boolean politely) {
        // Out of the books first, since the gate keeps Tomcat's own events from it else.
        registry.forget(channel);
        if (!politely || !goodbyes.begin(channel, wrapper)) {
            closeUnderWorkers(channel, wrapper);
        }
    }

    /** Frames may be read outside of the gate, so the rest is closed in Tomcat's own way for a dead HTTP/2 connection. */
    void closeUnderWorkers(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper) {
        closeQuietly(channel);
        if (!process(wrapper, SocketEvent.ERROR)) {
            wrapper.close();
        }
    }

    /** Hands it to a worker; false if there is none. */
    boolean process(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        return endpoint.processSocket(wrapper, event, true);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("Close of {} failed; its descriptor is gone all the same", channel, e);
        }
    }
}
