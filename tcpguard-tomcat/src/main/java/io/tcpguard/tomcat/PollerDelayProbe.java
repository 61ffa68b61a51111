/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.spi.OverdueWork;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * A probe task for a poller: it goes through the queue in which a poller finds the connections that it is to wait for,
 * one at a time: a poller whose thread is gone or stuck never takes it. Tomcat takes it for a connection that was
 * closed meanwhile, and closes it, which is how it comes back.
 */
final class PollerDelayProbe {
    /** The poller wakes once a second by itself. */
    private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(500);

    private final NioEndpoint endpoint;
    private final @Nullable SocketChannel closed;
    private final OverdueWork overdue;
    private @Nullable Poller poller;
    private @Nullable Closed probe;
    private long sentAt;
    private int returned;

    /** In which the last probe came back. */
    private volatile @Nullable Thread pollerThread;

    PollerDelayProbe(NioEndpoint endpoint, long patienceNanos) {
        this.endpoint = endpoint;
        this.overdue = new OverdueWork(patienceNanos);
        this.closed = closed();
    }

    /** Null if no descriptor is left for a moment: Tomcat may then log that it met a closed connection. */
    private static @Nullable SocketChannel closed() {
        try {
            SocketChannel channel = SocketChannel.open();
            channel.close();
            return channel;
        } catch (IOException e) {
            return null;
        }
    }

    /** @param current the endpoint's poller of now */
    boolean isOverdue(Poller current, long now) {
        Closed last = probe;
        if (last == null || current != poller) {
            if (poller != null && current != poller) {
                pollerThread = null;
            }
            poller = current;
            send(current, new Closed(endpoint, closed), now);
        } else if (!last.underWay && now - sentAt >= EVERY) {
            send(current, last, now);
        }
        return overdue.isOverdue(probe != null && probe.underWay, returned, now);
    }

    /** As soon as the poller runs: one that dies before the first look is known as dead, too. Any thread. */
    void introduce(Poller to) {
        to.add(new Closed(endpoint, closed), SelectionKey.OP_READ);
    }

    /** Its thread has ended, and did not stop with its connector. */
    boolean isDead() {
        Thread last = pollerThread;
        return last != null && !last.isAlive();
    }

    private void send(Poller to, Closed next, long now) {
        returned++;
        probe = next;
        sentAt = now;
        next.underWay = true;
        try {
            to.add(next, SelectionKey.OP_READ);
        } catch (RuntimeException | Error e) {
            // It is in no queue, and would never come back.
            next.underWay = false;
            throw e;
        }
    }

    private static final class ClosedChannel extends NioChannel {
        private final @Nullable SocketChannel closed;

        ClosedChannel(@Nullable SocketChannel closed) {
            super(new SocketBufferHandler(0, 0, false));
            this.closed = closed;
        }

        // Tomcat looks for null, which is what a pooled channel has.
        @SuppressWarnings("NullAway")
        @Override
        public SocketChannel getIOChannel() {
            return closed;
        }
    }

    private final class Closed extends NioSocketWrapper {
        volatile boolean underWay;

        Closed(NioEndpoint endpoint, @Nullable SocketChannel channel) {
            super(new ClosedChannel(channel), endpoint);
            closed.set(true);
        }

        /** On the poller's thread. */
        @Override
        public void close() {
            pollerThread = Thread.currentThread();
            underWay = false;
        }
    }
}
