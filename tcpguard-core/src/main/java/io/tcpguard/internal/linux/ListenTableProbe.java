/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.function.LongPredicate;

/**
 * The accept queue of one port where no socket can be asked: from the head of {@code tcp6} or {@code tcp}.
 *
 * <p>Up to a second old, since the kernel may walk its whole table of connections for it (all containers' ones): a look
 * that takes longer than a millisecond makes the next pause longer, to 0.1 % of the time. Says nothing of whose the
 * listener is, and nothing of the backlog in force: that is what the server asked for, but at most {@code
 * net.core.somaxconn}.
 */
final class ListenTableProbe implements Probe {
    private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 60 * SHORTEST_PAUSE_NANOS;
    private static final long PAUSE_PER_COST = 1000;
    private static final long URGENT_PAUSE_NANOS = 20_000_000L;
    private static final long URGENT_PAUSE_PER_COST = 50;

    private final LastReading last = new LastReading(Signal.ACCEPT_QUEUE);
    private final ListenTables tables;
    /** Whether it has this family's table open: both, until its listener is found in one of them. */
    private final boolean[] open = new boolean[2];

    private final ProcFile somaxconnFile;
    private final KernelValue somaxconn;
    private final int port;
    private final int backlog;
    private final LongPredicate urgent;
    private final NanoClock clock;
    private final ReadFailure noListener;
    private final ReadFailure tooMany;

    private Reading reading;
    private int where;
    private boolean looked;
    private long lookedNanos;
    private long costNanos;

    /**
     * @param tables shared with other listeners
     * @param somaxconn opened whole; this probe closes it
     * @param backlog what the server asked for; 0 or less if that is not known
     */
    ListenTableProbe(
            ListenTables tables, ProcFile somaxconn, int port, int backlog, LongPredicate urgent, NanoClock clock) {
        this.tables = tables;
        this.somaxconnFile = somaxconn;
        this.somaxconn = Sysctl.setting(somaxconn, 0, 1);
        this.port = port;
        this.backlog = backlog;
        this.urgent = urgent;
        this.clock = clock;
        this.noListener =
                new ReadFailure(Cause.NOTHING_TO_WATCH, "/proc/self/net/tcp, tcp6: nothing listens on port " + port);
        this.tooMany = new ReadFailure(
                Cause.NOT_SUPPORTED, "/proc/self/net/tcp, tcp6: too many listeners to find that on port " + port);
        this.reading = last.unavailable(noListener);
        // Now, not by the first sample: that one may find no descriptor left.
        take(ListenTables.IPV6);
        take(ListenTables.IPV4);
    }

    @Override
    public Signal signal() {
        return Signal.ACCEPT_QUEUE;
    }

    @Override
    public Reading read(long nowNanos) {
        if (!looked || nowNanos - lookedNanos >= pause(nowNanos)) {
            long start = clock.nanoTime();
            reading = look(nowNanos);
            costNanos = Math.max(0, clock.nanoTime() - start);
            looked = true;
            lookedNanos = nowNanos;
        }
        return reading;
    }

    private long pause(long nowNanos) {
        long pause = urgent.test(nowNanos)
                ? Math.max(URGENT_PAUSE_NANOS, costNanos * URGENT_PAUSE_PER_COST)
                : Math.max(SHORTEST_PAUSE_NANOS, costNanos * PAUSE_PER_COST);
        return Math.min(LONGEST_PAUSE_NANOS, pause);
    }

    @Override
    public void close() {
        give(ListenTables.IPV6);
        give(ListenTables.IPV4);
        somaxconnFile.close();
    }

    private void take(int family) {
        if (!open[family]) {
            open[family] = true;
            tables.open(family);
        }
    }

    private void give(int family) {
        if (open[family]) {
            open[family] = false;
            tables.close(family);
        }
    }

    private Reading look(long nowNanos) {
        long depth = depth(where, nowNanos);
        ReadFailure first = depth < 0 ? why(where, depth) : null;
        if (first != null) {
            // Bound anew to the other family, perhaps.
            int other = 1 - where;
            depth = depth(other, nowNanos);
            if (depth < 0) {
                ReadFailure second = why(other, depth);
                return last.unavailable(first.cause() == Cause.NOTHING_TO_WATCH ? second : first);
            }
            where = other;
        }
        give(1 - where);
        long limit = limit(nowNanos);
        ReadFailure noLimit = limit < 0 ? somaxconn.trouble() : null;
        return noLimit != null ? last.unavailable(noLimit) : last.measured(depth, Math.max(1, limit));
    }

    private long depth(int family, long nowNanos) {
        take(family);
        return tables.depth(family, port, nowNanos);
    }

    private ReadFailure why(int family, long depth) {
        ReadFailure file = tables.why(family, depth);
        if (file != null) {
            return file;
        }
        // A kernel without IPv6 has no tcp6, and nothing listens there.
        return depth == ListenTable.CUT ? tooMany : noListener;
    }

    private long limit(long nowNanos) {
        long max = somaxconn.at(nowNanos);
        if (backlog <= 0) {
            return max;
        }
        return max < 0 ? backlog : Math.min(max, backlog);
    }
}
