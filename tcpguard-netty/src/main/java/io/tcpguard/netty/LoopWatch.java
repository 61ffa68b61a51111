/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.EventLoop;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.WatchedWork;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches how long work waits on each event loop that serves connections of a listener, by one probe task for each.
 * Loops are added as they are first seen; all watches end with the port.
 */
final class LoopWatch {
    /**
     * Far more loops than processors: beyond it somebody makes loops without end, and watching them would be the
     * leak.
     */
    private static final int MOST = 256;

    private final GuardedListener listener;
    private final Map<EventLoop, Beat> beats = new ConcurrentHashMap<>();
    private int named;

    LoopWatch(GuardedListener listener) {
        this.listener = listener;
    }

    /** Called for each connection; costs one lookup once the loop is known. Null if this loop is not watched. */
    @Nullable Beat seen(EventLoop loop) {
        Beat known = beats.get(loop);
        return known != null || beats.size() >= MOST ? known : add(loop);
    }

    private synchronized @Nullable Beat add(EventLoop loop) {
        Beat known = beats.get(loop);
        if (loop.isShuttingDown() || known != null) {
            return known;
        }
        forgetDead();
        Beat beat = new Beat(loop);
        beats.put(loop, beat);
        try {
            beat.watch = listener.watchWork("netty-loop-" + ++named, beat);
        } catch (RuntimeException e) {
            // A guard that was closed watches nothing any more, and its server lives on.
            NettyLog.LOG.debug("event loop is not watched", e);
        }
        return beat;
    }

    /** Whether this loop does not come to what is asked of it. Any thread. */
    boolean mayBeLate(EventLoop loop) {
        Beat beat = beats.get(loop);
        return beat == null || beat.late();
    }

    /** Whether more than half of them do not, or none is known. Any thread. */
    boolean mostAreLate() {
        int late = 0;
        int all = 0;
        for (Beat beat : beats.values()) {
            late += beat.late() ? 1 : 0;
            all++;
        }
        return 2 * late > all || all == 0;
    }

    /** Loops come and go together, with their group; a dead one must not keep the place of a living one. */
    private void forgetDead() {
        beats.entrySet().removeIf(beat -> {
            boolean dead = beat.getKey().isShuttingDown();
            if (dead) {
                end(beat.getValue().watch);
            }
            return dead;
        });
    }

    /** Ends all. Loops seen later are watched again. */
    synchronized void close() {
        List<Beat> ended = List.copyOf(beats.values());
        beats.clear();
        ended.forEach(beat -> end(beat.watch));
    }

    private static void end(@Nullable WatchedWork watch) {
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (RuntimeException e) {
            NettyLog.LOG.warn("could not stop watching an event loop", e);
        }
    }

    /** One loop: what waits for it, and since when. */
    static final class Beat extends AbstractExecutorService {
        /**
         * A busy machine's loops are late by less all the time; by more, new connections are refused before anybody
         * is removed.
         */
        private static final long LATE = TimeUnit.MILLISECONDS.toNanos(500);

        private final EventLoop loop;
        private volatile @Nullable WatchedWork watch;
        private volatile boolean waits;
        private volatile long since;

        Beat(EventLoop loop) {
            this.loop = loop;
        }

        boolean isOf(EventLoop other) {
            return loop == other;
        }

        @Override
        public void execute(Runnable probeTask) {
            if (!waits) {
                since = System.nanoTime();
                waits = true;
            }
            loop.execute(() -> {
                waits = false;
                probeTask.run();
            });
        }

        @Override
        public boolean isShutdown() {
            return loop.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return loop.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return loop.awaitTermination(timeout, unit);
        }

        /** It is its owner's. */
        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        /** Whether a request may be worked on, by how long this loop keeps work waiting. */
        boolean admitsRequest(@Nullable InetAddress source) {
            WatchedWork watched = watch;
            return watched == null || !watched.admitRequest(source).refused();
        }

        /**
         * Whether the loop has not come to what was asked of it: then nobody knows what its clients have said
         * meanwhile.
         */
        boolean late() {
            return waits && System.nanoTime() - since > LATE;
        }
    }
}
