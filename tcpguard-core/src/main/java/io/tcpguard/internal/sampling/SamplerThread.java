/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.RateLimitedLog;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread without logic: calls the cycle each period, or after a rest, until it is closed, whatever the cycle throws.
 * To go on it allocates nothing: with no memory left it lives on. Should it be gone all the same, {@link #reviveIfDead}
 * makes another.
 */
public final class SamplerThread implements AutoCloseable {
    private static final GuardLog LOG = GuardLog.of(SamplerThread.class);
    private static final long JOIN_SECONDS = 5;

    private final long periodNanos;
    private final LongConsumer cycle;
    private final @Nullable SampleRest rest;
    private final RateLimitedLog trouble = new RateLimitedLog(LOG, TimeUnit.MINUTES.toNanos(1));
    private volatile boolean stopped;
    private volatile Thread thread;
    private boolean started;
    private long next;

    /** @param cycle takes the time of the cycle */
    public SamplerThread(long periodNanos, LongConsumer cycle) {
        this(periodNanos, cycle, null);
    }

    /**
     * @param cycle takes the time of the cycle
     * @param rest asked after each; null: there is none
     */
    public SamplerThread(long periodNanos, LongConsumer cycle, @Nullable SampleRest rest) {
        this.periodNanos = periodNanos;
        this.cycle = cycle;
        this.rest = rest;
        thread = newThread();
    }

    private Thread newThread() {
        Thread t = new Thread(this::run, "tcpguard-sampler");
        t.setDaemon(true);
        return t;
    }

    public synchronized void start() {
        next = System.nanoTime();
        thread.start();
        started = true;
    }

    /** Any thread. Throws nothing: where no thread can be made now, the next call may. */
    public void reviveIfDead() {
        if (stopped || thread.isAlive()) {
            return;
        }
        try {
            revive();
        } catch (RuntimeException | Error e) {
            // No memory or no thread to be had.
        }
    }

    private synchronized void revive() {
        if (!started || stopped || thread.isAlive()) {
            return;
        }
        Thread another = newThread();
        another.start();
        thread = another;
        LOG.error("tcpguard: the sampler thread had died; a new one was started");
    }

    // An Error may come from anywhere, in the handling of another one too (at deoptimization, say, when memory is out):
    // so whatever escapes one loop is caught by the next.
    private void run() {
        while (!stopped) {
            try {
                rounds();
            } catch (RuntimeException | Error e) {
                // On.
            }
        }
    }

    private void rounds() {
        while (!stopped) {
            try {
                cycle.accept(AwakeTime.nanoTime());
            } catch (RuntimeException | Error e) {
                trouble.error(
                        "tcpguard: a sampling cycle failed; the last readings are used until one succeeds",
                        e,
                        System.nanoTime());
            }
            // Late cycles are not made up for: the next one is then a whole period away.
            long end = System.nanoTime();
            next += periodNanos;
            if (next - end < 0) {
                next = end + periodNanos;
            }
            if (rest != null && rest.due()) {
                rest(rest);
            } else {
                pause();
            }
        }
    }

    private void rest(SampleRest quiet) {
        try {
            if (quiet.begin()) {
                long ends = System.nanoTime() + SampleRest.PERIOD;
                for (long left = SampleRest.PERIOD;
                        left > 0 && quiet.on() && !stopped;
                        left = ends - System.nanoTime()) {
                    Thread.interrupted();
                    LockSupport.parkNanos(left);
                }
            }
        } finally {
            quiet.over();
            next = System.nanoTime();
        }
    }

    private void pause() {
        for (long left = next - System.nanoTime(); left > 0 && !stopped; left = next - System.nanoTime()) {
            // Whoever wants this thread to end calls close(); an interrupt would only keep the pause from pausing.
            Thread.interrupted();
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        stopped = true;
        Thread t = thread;
        LockSupport.unpark(t);
        if (Thread.currentThread() == t) {
            return;
        }
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_SECONDS);
        while (t.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(t, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
