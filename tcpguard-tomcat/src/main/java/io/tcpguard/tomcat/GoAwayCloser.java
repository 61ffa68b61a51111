/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.Pacing;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Evicted HTTP/2 connections that Tomcat itself ends: by a GOAWAY with the last stream it took (RFC 9113, 6.8), so that
 * the client knows what to send again elsewhere, and then a FIN.
 *
 * <p>Their descriptors are needed. So only few at a time get that much, the next ones are closed without a word, and so
 * is whatever has not gone within a second: no worker was free, or the client does not read. Methods are called on
 * accepting threads, since nobody else waits for a descriptor, where they say nothing else.
 */
final class GoAwayCloser {
    private record Leaving(SocketWrapperBase<NioChannel> wrapper, long since) {}

    private final Evictor evictor;
    private final Map<SocketChannel, Leaving> leaving = new ConcurrentHashMap<>();

    GoAwayCloser(Evictor evictor) {
        this.evictor = evictor;
    }

    /** False: close it at once. */
    boolean begin(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper) {
        sweep();
        if (leaving.size() >= Pacing.GOAWAYS_AT_A_TIME) {
            return false;
        }
        leaving.put(channel, new Leaving(wrapper, System.nanoTime()));
        wrapper.setWriteTimeout(Pacing.CLOSE_GRACE_MILLIS);
        // To Tomcat an HTTP/2 connection that has been idle for too long.
        if (!evictor.process(wrapper, SocketEvent.TIMEOUT)) {
            leaving.remove(channel);
            return false;
        }
        return true;
    }

    /**
     * Tomcat is about to close a connection: frames that have come this moment must not make a reset of that. Any
     * thread.
     */
    void closes(SocketWrapperBase<NioChannel> wrapper) {
        NioChannel socket = leaving.isEmpty() ? null : wrapper.getSocket();
        SocketChannel channel = socket == null ? null : socket.getIOChannel();
        if (channel != null && leaving.containsKey(channel)) {
            ClientChannel.discardUnread(channel);
        }
    }

    /** Closes what has had its time. */
    void sweep() {
        if (leaving.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        for (Iterator<Map.Entry<SocketChannel, Leaving>> all =
                        leaving.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<SocketChannel, Leaving> one = all.next();
            if (!one.getKey().isOpen()) {
                all.remove();
            } else if (now - one.getValue().since >= Pacing.CLOSE_GRACE_MILLIS * 1_000_000) {
                all.remove();
                evictor.closeUnderWorkers(one.getKey(), one.getValue().wrapper);
            }
        }
    }
}
