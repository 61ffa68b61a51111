/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Takes listening sockets out of service without losing a request: health fails first, connections are asked to go from
 * the second half of the notice on, idle ones are closed when it is over, and those at work are waited for.
 *
 * <p>Not from the beginning of the notice: clients that come straight back because no balancer has noticed yet would
 * cost a TIME_WAIT for each answer. HTTP/2 connections at work are told a quarter of the notice later than idle ones,
 * because some clients drop their open streams when a GOAWAY arrives (java.net.http before JDK 24).
 */
public final class Drain {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * What the server does with its connections meanwhile. Called by the draining thread only; none of it may block.
     */
    public interface Connections {
        /**
         * From now on HTTP/1 answers end their connection, and idle HTTP/2 connections are told to go (GOAWAY), each
         * once. Called again and again during the second half of the notice.
         *
         * @param all HTTP/2 connections at work are told, too
         */
        void leave(boolean all);

        /**
         * The notice is over: closes connections with nothing in progress, tells WebSocket clients to go (status 1001),
         * and ends each other one when its request is answered. Called again and again until it answers 0 or the time
         * is up.
         *
         * @return connections that still have something in progress, or whose close is under way
         */
        int end();

        /** Undoes what can be undone: the drain was interrupted, and the server serves on. */
        void stay();
    }

    /** The thread's sleep; a test's own in tests. */
    interface Sleep {
        void nanos(long nanos) throws InterruptedException;
    }

    private final AdmissionControl guard;
    private final Connections connections;
    private final LongSupplier clock;
    private final Sleep sleep;

    Drain(AdmissionControl guard, Connections connections, LongSupplier clock, Sleep sleep) {
        this.guard = guard;
        this.connections = connections;
        this.clock = clock;
        this.sleep = sleep;
    }

    /**
     * Blocks until nothing is in progress or {@code finish} is over; the server can be stopped then. Health stays down.
     *
     * @param notice time for the load balancers to see that health is down: check interval × (retries + 1) is enough
     * @param finish longest time to wait after that for work in progress
     * @throws InterruptedException if interrupted while waiting; connections are served on, health stays down
     */
    public static void run(AdmissionControl guard, Connections connections, Duration notice, Duration finish)
            throws InterruptedException {
        new Drain(guard, connections, System::nanoTime, TimeUnit.NANOSECONDS::sleep)
                .run(notice.toNanos(), finish.toNanos());
    }

    void run(long notice, long finish) throws InterruptedException {
        guard.drain("stopping");
        long start = clock.getAsLong();
        long half = notice / 2;
        try {
            sleep.nanos(half);
            for (long age = half; age < notice; age = clock.getAsLong() - start) {
                connections.leave(age >= half + notice / 4);
                sleep.nanos(Math.min(LOOK_NANOS, notice - age));
            }
            connections.leave(true);
            long over = clock.getAsLong();
            while (connections.end() > 0 && clock.getAsLong() - over < finish) {
                sleep.nanos(LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            connections.stay();
            throw e;
        }
    }
}
