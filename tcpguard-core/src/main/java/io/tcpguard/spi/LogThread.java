/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The thread "tcpguard-log", a daemon, there while a guard of this class loader runs. It is never interrupted: an
 * appender may write to a channel, which an interrupt would close.
 */
final class LogThread implements Runnable {
    /** A quarter of an hour of a bad day; some hundred KiB. */
    static final int MOST = 256;

    private static final Runnable LAST = new LastOne();
    private static final Object LOCK = new Object();
    /** Guarded by the lock. */
    private static int guards;

    private static volatile @Nullable LogThread current;

    private final BlockingQueue<Runnable> lines = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread thread = new Thread(this, "tcpguard-log");
    private volatile boolean ending;

    /** Only wakes it. */
    private static final class LastOne implements Runnable {
        @Override
        public void run() {
            // Nothing.
        }
    }

    private LogThread() {
        thread.setDaemon(true);
    }

    /**
     * One line, written out.
     *
     * @param speaker null: not known
     */
    record LogLine(
            GuardLog to, Level level, String text, @Nullable Throwable cause, StackWalker.@Nullable StackFrame speaker)
            implements Runnable {
        @Override
        public void run() {
            to.write(this);
        }
    }

    /** A guard begins: its lines are handed on from now on. */
    static void begin() {
        synchronized (LOCK) {
            if (current == null) {
                try {
                    LogThread first = new LogThread();
                    first.thread.start();
                    current = first;
                } catch (RuntimeException | Error noThread) {
                    // Whoever speaks writes, as while no guard runs.
                }
            }
            guards++;
        }
    }

    /**
     * A guard is over. With the last one the thread ends, as soon as all is written. Waits for what was said so far,
     * and with the last guard for the thread: Tomcat reports a thread that outlives its application.
     */
    static void end(long millis) {
        LogThread last = null;
        synchronized (LOCK) {
            if (--guards == 0) {
                last = current;
                current = null;
            }
        }
        if (last == null) {
            await(millis);
            return;
        }
        last.ending = true;
        // Only to wake it: where there is no room for that it does not sleep.
        last.lines.offer(LAST);
        if (Thread.currentThread() != last.thread) {
            try {
                last.thread.join(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Writes it, or has it written. */
    static void say(LogLine line) {
        LogThread writer = current;
        if (writer == null || Thread.currentThread() == writer.thread || !writer.thread.isAlive()) {
            line.run();
        } else if (!writer.lines.offer(line)) {
            writer.leftOut.incrementAndGet();
        }
    }

    /** Waits until all that was said before is written; no longer than that. */
    static void await(long millis) {
        LogThread writer = current;
        CountDownLatch written = new CountDownLatch(1);
        if (writer == null || Thread.currentThread() == writer.thread || !writer.lines.offer(written::countDown)) {
            return;
        }
        try {
            written.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!ending || !lines.isEmpty()) {
            try {
                write(lines.take());
            } catch (InterruptedException | RuntimeException | Error e) {
                // Out of descriptors or memory, even logging can fail; the next line may be luckier.
            }
        }
    }

    private void write(Runnable line) {
        long before = leftOut.getAndSet(0);
        boolean written = false;
        try {
            if (before > 0 && line instanceof LogLine next) {
                String said = "tcpguard: " + before + " lines before this one were left out: the log did not take them";
                new LogLine(next.to, Level.WARN, said, null, null).run();
                before = 0;
            }
            line.run();
            written = true;
        } finally {
            leftOut.addAndGet(before + (written ? 0 : 1));
        }
    }
}
