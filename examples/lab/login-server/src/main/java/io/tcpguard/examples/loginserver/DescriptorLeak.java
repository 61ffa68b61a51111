/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Opens {@code /dev/null} over and over, as an application with a leak would, and gives all back in the end. */
final class DescriptorLeak implements AutoCloseable {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LeakPlan plan;
    private final Thread thread = new Thread(this::run, "leak");
    private volatile boolean closed;

    DescriptorLeak(LeakPlan plan) {
        this.plan = plan;
        thread.setDaemon(true);
    }

    void start() {
        if (plan.leaks()) {
            thread.start();
        }
    }

    private void run() {
        Deque<FileInputStream> leaked = new ArrayDeque<>();
        long start = System.nanoTime();
        boolean full = false;
        while (!closed) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (plan.over(millis)) {
                break;
            }
            boolean opened = true;
            while (opened && leaked.size() < plan.due(millis)) {
                opened = open(leaked);
            }
            if (!opened && !full) {
                System.out.println("leak: no descriptor left to leak, " + leaked.size() + " leaked");
            }
            full = !opened;
            LockSupport.parkNanos(STEP_NANOS);
        }
        giveBack(leaked);
    }

    /** A leak that finds the process full waits for its next chance, like any other code that opens files. */
    private static boolean open(Deque<FileInputStream> leaked) {
        try {
            leaked.add(new FileInputStream("/dev/null"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void giveBack(Deque<FileInputStream> leaked) {
        int count = leaked.size();
        while (!leaked.isEmpty()) {
            try {
                leaked.remove().close();
            } catch (IOException e) {
                System.err.println("leak: closing /dev/null failed: " + e);
            }
        }
        System.out.println("leak: gave back " + count + " descriptors");
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
