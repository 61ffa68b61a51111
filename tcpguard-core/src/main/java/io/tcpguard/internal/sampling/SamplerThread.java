package io.tcpguard.internal.sampling;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread without logic: calls the cycle each period until it is closed, whatever the cycle throws. */
public final class SamplerThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SamplerThread.class);
    private static final long COMPLAIN_EVERY = TimeUnit.MINUTES.toNanos(1);
    private static final long JOIN_SECONDS = 5;

    private final long periodNanos;
    private final LongConsumer cycle;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private long complainedAt;
    private boolean complained;

    /** @param cycle takes the time of the cycle */
    public SamplerThread(long periodNanos, LongConsumer cycle) {
        this.periodNanos = periodNanos;
        this.cycle = cycle;
        thread = new Thread(this::run, "tcpguard-sampler");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        long next = System.nanoTime();
        while (stop.getCount() > 0) {
            long now = System.nanoTime();
            try {
                cycle.accept(now);
            } catch (RuntimeException | Error e) {
                complain(e, now);
            }
            // Late cycles are not made up for: the next one is then a whole period away.
            long end = System.nanoTime();
            next += periodNanos;
            if (next - end < 0) {
                next = end + periodNanos;
            }
            pause(next - end);
        }
    }

    private void pause(long nanos) {
        try {
            boolean stopped = stop.await(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
            assert !stopped || stop.getCount() == 0;
        } catch (InterruptedException e) {
            // Not ours: whoever wants this thread to end calls close(). Clearing the flag keeps the pause from
            // spinning.
            LOG.debug("the sampler was interrupted and goes on");
        }
    }

    private void complain(Throwable e, long now) {
        if (complained && now - complainedAt < COMPLAIN_EVERY) {
            return;
        }
        complained = true;
        complainedAt = now;
        try {
            LOG.error("tcpguard: a sampling cycle failed; the guard goes on and admits while its picture is stale", e);
        } catch (RuntimeException | Error unloggable) {
            // Out of descriptors or memory, even logging can fail. There is nowhere left to say so.
            complained = false;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOIN_SECONDS);
        while (thread.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
