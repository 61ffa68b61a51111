/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks one server for its health every half second, each time over a connection of its own, on a thread of its own. */
final class HealthChecker implements AutoCloseable {
    static final int PERIOD_MILLIS = 500;

    private final InetSocketAddress address;
    private final ControlEcho control;
    private final long startNanos;
    private final List<Check> checks = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @param startNanos what the checks' times count from, on {@link System#nanoTime} */
    HealthChecker(String name, InetSocketAddress address, ControlEcho control, long startNanos) {
        this.address = address;
        this.control = control;
        this.startNanos = startNanos;
        thread = new Thread(this::run, "health-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The checks that have ended, oldest first. */
    List<Check> checks() {
        synchronized (checks) {
            return List.copyOf(checks);
        }
    }

    private void run() {
        long period = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
        long next = System.nanoTime();
        while (!closed) {
            Check check = check();
            if (closed) {
                return;
            }
            synchronized (checks) {
                checks.add(check);
            }
            // A check that took longer than the period is followed by the next one at once.
            next = Math.max(next + period, System.nanoTime());
            long wait = next - System.nanoTime();
            while (wait > 0 && !closed) {
                LockSupport.parkNanos(wait);
                wait = next - System.nanoTime();
            }
        }
    }

    private Check check() {
        long begin = System.nanoTime();
        HealthAnswer answer = HealthAnswer.from(address);
        long end = System.nanoTime();
        return new Check(
                TimeUnit.NANOSECONDS.toMillis(begin - startNanos),
                answer.outcome(),
                TimeUnit.NANOSECONDS.toMicros(end - begin),
                answer.level(),
                control.worstMicros(begin, end));
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
