/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread "tcpguard-listeners", a daemon: tells an application's listeners of transitions, which may block, or wait
 * for somebody else. Of tasks that wait the newest is run. It is never interrupted, allocates nothing, and lives on
 * whatever a task throws.
 */
public final class ListenerThread implements Executor, AutoCloseable {
    private static final long CLOSE_WAIT_MILLIS = 1000;

    private final AtomicReference<Runnable> next = new AtomicReference<>();
    private final Thread thread = new Thread(this::run, "tcpguard-listeners");
    private volatile boolean ending;

    /** Not started. */
    public ListenerThread() {
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        next.set(task);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!ending || next.get() != null) {
            try {
                Runnable task = next.getAndSet(null);
                if (task == null) {
                    LockSupport.park(this);
                } else {
                    task.run();
                }
                // Whoever wants this thread to end calls close(); an interrupt left behind would keep it from parking.
                Thread.interrupted();
            } catch (RuntimeException | Error e) {
                // On.
            }
        }
    }

    /** Ends after what it was given. Waits for it, a second at most. */
    @Override
    public void close() {
        ending = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
