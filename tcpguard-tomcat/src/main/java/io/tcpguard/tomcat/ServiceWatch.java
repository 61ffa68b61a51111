/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.TcpGuard;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.OverdueWork;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything is done for the connections that a connector has accepted: its poller takes those that it is to wait
 * for, tells workers of what it finds, and workers can be had. Judged by what is done, so that it does not matter why
 * it is not.
 *
 * <p>Any thread, but for {@link #serving}, which is the sampler's.
 */
final class ServiceWatch {
    /** Fewer connections that no worker could be had for are accidents. */
    private static final int MANY = 4;

    private static final long DEFAULT_PATIENCE = TimeUnit.SECONDS.toNanos(10);

    private final long patience;
    private final PollerDelayProbe probe;
    private final UnreadBytes unread;
    private final OverdueWork dispatch;
    private final OverdueWork workers;
    private final OverdueWork processing;
    private final @Nullable Restart restart;
    private final AtomicInteger progress = new AtomicInteger();
    /** Since a worker was last had. */
    private final AtomicInteger lost = new AtomicInteger();

    /** Since a request last got to the application. */
    private final AtomicInteger failed = new AtomicInteger();

    private volatile long lostAt;
    private volatile long failedAt;
    private volatile @Nullable SocketChannel newest;

    /** Starts a poller again. */
    @FunctionalInterface
    interface Restart {
        void restart(Poller dead, long now);
    }

    /**
     * @param connections of the endpoint
     * @param restart called when the poller's thread has died; null: it is only told
     */
    ServiceWatch(NioEndpoint endpoint, Map<?, ?> connections, AdmissionControl guard, @Nullable Restart restart) {
        this.restart = restart;
        patience = guard instanceof TcpGuard real ? real.config().nanos(Setting.STALLED_AFTER) : DEFAULT_PATIENCE;
        probe = new PollerDelayProbe(endpoint, patience);
        unread = new UnreadBytes(connections);
        dispatch = new OverdueWork(patience);
        workers = new OverdueWork(patience);
        processing = new OverdueWork(patience);
    }

    /** The poller runs. */
    void begins(Poller poller) {
        probe.introduce(poller);
    }

    /** The newest connection. */
    void accepted(SocketChannel channel) {
        newest = channel;
    }

    /** A worker has begun with a connection. */
    void dispatched() {
        progress.incrementAndGet();
    }

    /** A worker has done with it what it had to. */
    void served() {
        if (lost.get() != 0) {
            lost.set(0);
        }
    }

    /** A request has got to the application. */
    void reached() {
        if (failed.get() != 0) {
            failed.set(0);
        }
    }

    /** An Error ended what a worker did with a connection, before any request got to the application. */
    void failed() {
        failedAt = System.nanoTime();
        failed.incrementAndGet();
    }

    /** It could not be given to any worker. */
    void lost() {
        lostAt = System.nanoTime();
        lost.incrementAndGet();
    }

    /** @param poller of now; null if it is not known */
    boolean serving(@Nullable Poller poller, long now) {
        boolean stuck = poller != null && probe.isOverdue(poller, now);
        if (poller != null && restart != null && probe.isDead()) {
            restart.restart(poller, now);
        }
        boolean waits = unread.look(newest);
        boolean unheard = dispatch.isOverdue(waits, progress.get() + unread.found(), now);
        int missed = lost.get();
        boolean noWorkers = workers.isOverdue(missed > 0, 0, now) && missed >= MANY && now - lostAt < patience;
        int errors = failed.get();
        boolean noProcessing = processing.isOverdue(errors > 0, 0, now) && errors >= MANY && now - failedAt < patience;
        return !stuck && !unheard && !noWorkers && !noProcessing;
    }
}
