/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.internal.io.Diagnostics;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.probe.TcpCounts.TimeWaitLoss;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Periodic diagnostics that are too expensive for the sampler: own sockets by state, and the kernel counters that
 * explain trouble. Runs on the guard's I/O thread every ten seconds with a budget of 20 ms, pauses longer after an
 * expensive run, and logs each finding at most once in ten minutes.
 */
public final class DiagnosticsTask {
    /** For one count: health checks and refusals wait for it. */
    static final long BUDGET = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);
    private static final int PAUSE_PER_COST = 1000;
    private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(5);
    private static final long SAID_AGAIN = TimeUnit.MINUTES.toNanos(10);

    /** Fewer than that in CLOSE_WAIT, or than a tenth of the connections, are just being closed. */
    private static final int MANY = 32;

    private static final int SHARE = 10;

    /** Segments with an old time stamp between two looks; a few are everyday life. */
    private static final int MANY_STALE = 10;

    private enum Remark {
        CLOSE_WAIT,
        TIME_WAIT,
        PAWS,
        PORTS
    }

    private final LongFunction<Census> count;
    private final LongFunction<Census> countWithHalfOpen;
    private final Supplier<TcpCounts> counters;
    private final LongSupplier connectsWithoutPort;
    private final NanoClock clock;
    private final Consumer<String> log;
    private final TcpCounts atStart;
    private final long[] saidAt = new long[Remark.values().length];
    private final boolean[] said = new boolean[Remark.values().length];

    private volatile boolean underWay;
    private volatile long nextAt;
    private volatile List<String> remarks = List.of();
    private TcpCounts before;
    private TimeWaitLoss lastLoss = TimeWaitLoss.NONE;
    private long withoutPortBefore;
    private boolean manyBefore;
    private Census sockets = Census.failed("not counted yet");
    private long socketsAt;
    private boolean asked;

    /**
     * @param count the sockets that have descriptors, within so many nanoseconds
     * @param countWithHalfOpen the others, too
     * @param connectsWithoutPort outgoing connects that found no local port, ever
     * @param log told of what stands out
     */
    public DiagnosticsTask(
            LongFunction<Census> count,
            LongFunction<Census> countWithHalfOpen,
            Supplier<TcpCounts> counters,
            LongSupplier connectsWithoutPort,
            NanoClock clock,
            Consumer<String> log) {
        this.count = count;
        this.countWithHalfOpen = countWithHalfOpen;
        this.counters = counters;
        this.connectsWithoutPort = connectsWithoutPort;
        this.clock = clock;
        this.log = log;
        this.nextAt = clock.nanoTime();
        this.atStart = counters.get();
        this.before = atStart;
    }

    /** Whether a look is due; then the caller must have {@link #look} run. One thread. */
    public boolean takeDue(long now) {
        if (underWay || now - nextAt < 0) {
            return false;
        }
        underWay = true;
        return true;
    }

    /**
     * Looks. Never while {@link #background} runs. Counts half-open connections only if somebody asked since the last
     * look.
     */
    public void look(GuardSnapshot snapshot) {
        long start = clock.nanoTime();
        try {
            keep((asked ? countWithHalfOpen : count).apply(BUDGET), start);
            asked = false;
            List<String> found = new ArrayList<>();
            closeWait(found, start);
            counters(snapshot, found, start);
            ports(found, start);
            remarks = List.copyOf(found);
        } finally {
            long end = clock.nanoTime();
            nextAt = end + Math.min(LONGEST_PAUSE, Math.max(PERIOD, (end - start) * PAUSE_PER_COST));
            underWay = false;
        }
    }

    /** What stands out, by the last look. Any thread. */
    public List<String> remarks() {
        return remarks;
    }

    /**
     * For somebody who asks: by the last look, since whoever counts anew for each question makes the next check wait.
     */
    public Diagnostics background(Trend trend) {
        asked = true;
        return new Diagnostics(trend, sockets, socketsAt, counters.get().since(atStart), lastLoss, remarks);
    }

    /** A count that failed for want of a descriptor does not push out one that did not. */
    private void keep(Census newest, long now) {
        if (newest.trouble().isEmpty() || !sockets.trouble().isEmpty()) {
            sockets = newest;
            socketsAt = now;
        }
    }

    private void closeWait(List<String> found, long now) {
        int forgotten = sockets.in(TcpState.CLOSE_WAIT);
        int connections = forgotten + sockets.in(TcpState.ESTABLISHED);
        boolean many = socketsAt == now && forgotten >= MANY && forgotten * SHARE >= connections;
        if (many && manyBefore) {
            remark(
                    Remark.CLOSE_WAIT,
                    forgotten + " connections in CLOSE_WAIT: their peers have closed, the application does not",
                    found,
                    now);
        }
        manyBefore = many;
    }

    private void counters(GuardSnapshot snapshot, List<String> found, long now) {
        TcpCounts latest = counters.get();
        TcpCounts earlier = before;
        before = latest;
        TcpCounts news = latest.since(earlier);
        long withoutTimeWait = news.of(KernelCounter.TIME_WAIT_OVERFLOWS);
        if (withoutTimeWait > 0) {
            lastLoss = loss(latest, earlier, snapshot);
            remark(
                    Remark.TIME_WAIT,
                    withoutTimeWait
                            + (lastLoss == TimeWaitLoss.MEMORY_SHORT
                                    ? " closes without TIME_WAIT: no memory was left for it, and TCP cuts connections "
                                            + "for the same reason"
                                    : " closes without TIME_WAIT: net.ipv4.tcp_max_tw_buckets is reached, harmless but "
                                            + "for late segments"),
                    found,
                    now);
        }
        long stale = Math.max(0, news.of(KernelCounter.PAWS_ESTABLISHED))
                + Math.max(0, news.of(KernelCounter.PAWS_TIME_WAIT));
        if (stale >= MANY_STALE) {
            remark(
                    Remark.PAWS,
                    stale
                            + " segments refused for an old time stamp (PAWS): so it looks when clients behind one "
                            + "address translation have different clocks, and some of them can't connect",
                    found,
                    now);
        }
    }

    private void ports(List<String> found, long now) {
        long failed = connectsWithoutPort.getAsLong();
        if (failed > withoutPortBefore) {
            remark(
                    Remark.PORTS,
                    failed - withoutPortBefore
                            + " outgoing connects found no local port: those of net.ipv4.ip_local_port_range are taken "
                            + "towards their destination, by connections or by TIME_WAIT",
                    found,
                    now);
        }
        withoutPortBefore = failed;
    }

    private static TimeWaitLoss loss(TcpCounts latest, TcpCounts earlier, GuardSnapshot snapshot) {
        for (SignalState state : snapshot.signals()) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.TIME_WAIT) {
                return latest.timeWaitLossSince(earlier, m.used(), m.limit());
            }
        }
        // The limit is not visible here: only the counters of memory can tell.
        return latest.timeWaitLossSince(earlier, 0, Long.MAX_VALUE);
    }

    private void remark(Remark kind, String sentence, List<String> found, long now) {
        found.add(sentence);
        int i = kind.ordinal();
        if (!said[i] || now - saidAt[i] >= SAID_AGAIN) {
            said[i] = true;
            saidAt[i] = now;
            log.accept(sentence);
        }
    }
}
