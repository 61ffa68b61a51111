/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long work waits for a thread of an executor: a probe task that goes through it, one at a time. One that does not
 * come back counts by its age: a stuck executor must not look idle.
 */
public final class ExecutorDelayProbe implements Probe, Runnable {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String SHUT_DOWN = "the executor is shut down";

    private final Executor executor;
    private final ProbeTaskPace pace;
    private final NanoClock clock;
    private final long limitMillis;
    private volatile long returnedAt;
    private volatile boolean underWay;
    private final AtomicLong returned = new AtomicLong();
    private boolean rejected;
    private long rejectedSince;
    private boolean due = true;
    private long sentAt;
    private Reading last = new Reading.Unavailable(Signal.WORK_DELAY, Cause.NOTHING_TO_WATCH, "no probe task sent yet");

    public ExecutorDelayProbe(Executor executor, long limitNanos, ProbeTaskPace pace, NanoClock clock) {
        this.executor = executor;
        this.pace = pace;
        this.clock = clock;
        this.limitMillis = Math.max(1, limitNanos / MILLI);
        pace.joined();
    }

    @Override
    public void run() {
        returnedAt = clock.nanoTime();
        returned.incrementAndGet();
        underWay = false;
    }

    /** How many came back so far. Any thread. */
    public long returned() {
        return returned.get();
    }

    @Override
    public Signal signal() {
        return Signal.WORK_DELAY;
    }

    @Override
    public Reading read(long now) {
        if (underWay && isShutDown()) {
            // Dropped with the queue: it does not come back.
            underWay = false;
            due = true;
            return unavailable(SHUT_DOWN);
        }
        if (underWay) {
            long age = now - sentAt;
            // Younger than what the last one waited, it says nothing new.
            return age / MILLI > waited() ? report(age / MILLI) : last;
        }
        if (!due) {
            due = true;
            report(Math.max(0, returnedAt - sentAt) / MILLI);
        }
        return now - sentAt >= pace.everyNanos() || last instanceof Reading.Unavailable ? send(now) : last;
    }

    private Reading send(long now) {
        if (isShutDown()) {
            return last instanceof Reading.Unavailable ? last : unavailable(SHUT_DOWN);
        }
        underWay = true;
        due = false;
        sentAt = now;
        try {
            executor.execute(this);
        } catch (RuntimeException | Error e) {
            // Its queue is full, or no thread could be made: whatever it is, work is not taken.
            return refused(now);
        }
        rejected = false;
        return last instanceof Reading.Unavailable ? report(0) : last;
    }

    /** No probe task is on its way: as late as late can be, and the later the longer nothing is taken. */
    private Reading refused(long now) {
        underWay = false;
        due = true;
        if (!rejected) {
            rejected = true;
            rejectedSince = now;
        }
        return report(Math.max(limitMillis, (now - rejectedSince) / MILLI));
    }

    private boolean isShutDown() {
        return executor instanceof ExecutorService service && service.isShutdown();
    }

    private long waited() {
        return last instanceof Reading.Measured m ? m.used() : 0;
    }

    private Reading report(long millis) {
        if (!(last instanceof Reading.Measured m) || m.used() != millis) {
            last = new Reading.Measured(Signal.WORK_DELAY, millis, limitMillis);
        }
        return last;
    }

    private Reading unavailable(String why) {
        last = new Reading.Unavailable(Signal.WORK_DELAY, Cause.NOTHING_TO_WATCH, why);
        return last;
    }

    @Override
    public void close() {
        pace.left();
    }
}
