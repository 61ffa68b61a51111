/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs trouble that may come back with each connection: the first time at once, then no more often than the interval,
 * with the number of times that the line stands for. Never throws, and counts on while the log itself fails. Any
 * thread; one for each kind of trouble.
 */
public final class RateLimitedLog {
    private static final String LINE = "{} ({} since the last line)";

    private final GuardLog log;
    private final long intervalNanos;
    private long unsaid;
    private long saidAt;
    private boolean said;

    /** @param intervalNanos between two lines */
    public RateLimitedLog(Logger log, long intervalNanos) {
        this(GuardLog.to(log), intervalNanos);
    }

    /** @param intervalNanos between two lines */
    public RateLimitedLog(GuardLog log, long intervalNanos) {
        this.log = log;
        this.intervalNanos = intervalNanos;
    }

    /**
     * Warns if it is time, else counts.
     *
     * @param cause logged with its stack; null: the line says all
     * @param now of one clock, in nanoseconds, as {@link System#nanoTime} has it
     */
    public void warn(String what, @Nullable Throwable cause, long now) {
        add(what, cause, now, false);
    }

    /** The same as an error: the guard itself does not do its work. */
    public void error(String what, @Nullable Throwable cause, long now) {
        add(what, cause, now, true);
    }

    private void add(String what, @Nullable Throwable cause, long now, boolean error) {
        long times = 0;
        try {
            times = due(now);
            if (times > 0 && error) {
                log.error(LINE, what, times, cause);
            } else if (times > 0) {
                log.warn(LINE, what, times, cause);
            }
        } catch (RuntimeException | Error unloggable) {
            // Out of descriptors or memory, even logging can fail: said the next time.
            takeBack(times);
        }
    }

    private synchronized long due(long now) {
        unsaid++;
        if (said && now - saidAt < intervalNanos) {
            return 0;
        }
        said = true;
        saidAt = now;
        long times = unsaid;
        unsaid = 0;
        return times;
    }

    private synchronized void takeBack(long times) {
        unsaid += times;
        said &= times == 0;
    }
}
