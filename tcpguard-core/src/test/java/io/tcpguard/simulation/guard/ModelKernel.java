/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

/** The descriptor table of one process, and what its closes leave in TIME_WAIT. */
final class ModelKernel {
    private static final int AT_REST = 20;
    /** net.ipv4.tcp_max_tw_buckets. */
    static final int TIME_WAITS = 16_384;

    private static final long TIME_WAIT = 60 * Timeline.SECOND;

    private final Timeline time;
    private final long usualLimit;
    private long limit;
    private int others;
    private int connections;
    private int timeWait;
    private long othersMovedAt = Long.MIN_VALUE / 2;
    private long fullAt = Long.MIN_VALUE / 2;
    private long aboveAt = Long.MIN_VALUE / 2;

    ModelKernel(Timeline time, long limit) {
        this.time = time;
        this.limit = limit;
        usualLimit = limit;
    }

    void sampled() {
        if (open() > limit) {
            aboveAt = time.now();
        }
    }

    /** Whether a limit that fell was below what is open, within so many nanoseconds. */
    boolean aboveItsLimitWithin(long nanos) {
        return time.now() - aboveAt <= nanos;
    }

    void usualLimit() {
        limit(usualLimit);
    }

    long limit() {
        return limit;
    }

    void limit(long newLimit) {
        limit = newLimit;
        othersMovedAt = time.now();
    }

    long open() {
        return (long) AT_REST + others + connections;
    }

    int connections() {
        return connections;
    }

    int others() {
        return others;
    }

    /** Files, leaks, outgoing connections: as many as there is room for. */
    void othersOpen(int most) {
        others += (int) Math.max(0, Math.min(most, limit - open()));
        othersMovedAt = time.now();
    }

    void othersClose(int howMany) {
        others = Math.max(0, others - howMany);
        othersMovedAt = time.now();
    }

    /** accept(2); false: EMFILE. */
    boolean accept() {
        if (open() >= limit) {
            fullAt = time.now();
            return false;
        }
        connections++;
        return true;
    }

    void close(boolean intoTimeWait) {
        connections--;
        if (intoTimeWait) {
            timeWait++;
            time.after(TIME_WAIT, () -> timeWait--);
        }
    }

    /** Thousands of answers to the refused leave it full for a minute. */
    boolean crowdedByTimeWait() {
        return timeWait > TIME_WAITS / 2;
    }

    int timeWait() {
        return timeWait;
    }

    boolean othersMovedWithin(long nanos) {
        return time.now() - othersMovedAt <= nanos;
    }

    boolean fullWithin(long nanos) {
        return time.now() - fullAt <= nanos;
    }
}
