/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.Admission;
import io.tcpguard.state.RefusalCounters.Reason;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * At DEBUG of {@code io.tcpguard.decisions}: who was evicted or refused, and why; 20 lines a second at most, and how
 * many were left out. Allocates nothing while DEBUG is off. Never throws. Any thread.
 */
final class DecisionLog {
    static final String NAME = "io.tcpguard.decisions";
    static final int LINES_A_SECOND = 20;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private final GuardLog log = GuardLog.of(NAME);
    private long since;
    private int lines = -1;
    private long leftOut;

    void refused(@Nullable InetAddress source, Admission how, Reason cause, long now) {
        if (!log.isDebugEnabled()) {
            return;
        }
        try {
            long before = due(now);
            if (before >= 0) {
                log.debug("refused {} by {}, because of {}{}", text(source), how, cause, more(before));
            }
        } catch (RuntimeException | Error e) {
            // Out of descriptors or memory, even logging can fail.
        }
    }

    void refusedRequest(@Nullable InetAddress source, long now) {
        if (!log.isDebugEnabled()) {
            return;
        }
        try {
            long before = due(now);
            if (before >= 0) {
                log.debug("refused a request of {}, because of {}{}", text(source), Reason.WORK_DELAY, more(before));
            }
        } catch (RuntimeException | Error e) {
            // As above.
        }
    }

    /** @param clock the time by which connections are idle */
    void evicted(TrackedConnection victim, Closing how, Reason cause, long clock, long now) {
        if (!log.isDebugEnabled()) {
            return;
        }
        try {
            long before = due(now);
            if (before >= 0) {
                log.debug(
                        "evicted {} by {}: {} for {} ms, {} requests served, because of {}{}",
                        text(victim.address),
                        how,
                        victim.received() ? "idle" : "silent",
                        TimeUnit.NANOSECONDS.toMillis(Math.max(0, clock - victim.lastActive())),
                        victim.begun(),
                        cause,
                        more(before));
            }
        } catch (RuntimeException | Error e) {
            // As above.
        }
    }

    /** How many were left out before this line; -1: it is left out itself. */
    private synchronized long due(long now) {
        if (lines < 0 || now - since >= SECOND) {
            since = now;
            lines = 0;
        }
        if (lines == LINES_A_SECOND) {
            leftOut++;
            return -1;
        }
        lines++;
        long before = leftOut;
        leftOut = 0;
        return before;
    }

    private static String more(long before) {
        return before == 0 ? "" : " (" + before + " lines before this one left out)";
    }

    private static String text(@Nullable InetAddress source) {
        return source == null ? "one without address" : source.getHostAddress();
    }
}
