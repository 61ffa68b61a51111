/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.benchmarks;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The books of very many connections: what an accept, its entry and its end cost by one thread and by two at once, who
 * meet at one lock, and what a victim costs. Run with {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx900m")
@SuppressWarnings("NullAway.Init") // by JMH, before anything is measured
public class TableBenchmark {
    /** Open beside those that come and go. */
    @Param({"1000", "1000000"})
    public int connections;

    private final InetAddress[] sources = new InetAddress[1 << 16];
    private AdmissionPolicy policy;
    private ListenerSlots slots;
    private volatile boolean full;
    private long now;

    /** Opens them, each idle for longer than the floor. */
    @Setup
    public void open() throws UnknownHostException {
        GuardConfig config = GuardConfig.defaults();
        Capacity capacity = new Capacity(4_000_000, 50, 50, 4_000_000 - config.reserve(4_000_000));
        GuardSnapshot snapshot = new GuardSnapshot(
                Level.NORMAL, null, "", capacity, new Verdict(true, 100, ""), Admission.ADMIT, false, List.of(), 0);
        policy = new AdmissionPolicy(
                config,
                () -> 50,
                () -> snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        policy.setEnabled(true);
        slots = policy.newListener();
        for (int i = 0; i < sources.length; i++) {
            sources[i] = InetAddress.getByAddress(new byte[] {10, 1, (byte) (i >> 8), (byte) i});
        }
        for (int i = 0; i < connections; i++) {
            enter(sources[i % sources.length]);
        }
        for (int i = 0; i < 700; i++) {
            now += TimeUnit.MILLISECONDS.toNanos(20);
            policy.sampled(capacity, Level.SHED, now);
        }
    }

    private ConnectionHandle enter(InetAddress source) {
        ConnectionHandle[] handle = new ConnectionHandle[1];
        handle[0] = policy.open(source, slots, how -> handle[0].closed());
        handle[0].touch();
        return handle[0];
    }

    private InetAddress anybody() {
        return sources[ThreadLocalRandom.current().nextInt(sources.length)];
    }

    /** One comes, asks and goes. */
    @Benchmark
    public Admission comesAndGoes() {
        InetAddress source = anybody();
        Admission admitted = policy.accept(source, false, null, slots, null, 0, () -> true, now);
        ConnectionHandle handle = enter(source);
        handle.begin();
        handle.end();
        handle.closed();
        return admitted;
    }

    /** The same by two threads: what the lock costs. */
    @Benchmark
    @Threads(2)
    public Admission twoComeAndGo() {
        return comesAndGoes();
    }

    /** A request on a connection that is there: no lock. */
    @Benchmark
    public boolean request(Mine mine) {
        boolean begun = mine.handle.begin();
        mine.handle.end();
        return begun;
    }

    /** Whether one is over its share, and who gives way: at a limit that is reached. */
    @Benchmark
    public Admission comesWhereNoneIsFree() {
        if (!full) {
            full = true;
            slots.most(connections);
        }
        InetAddress source = anybody();
        Admission admitted = policy.accept(source, false, null, slots, null, 0, () -> true, now);
        if (admitted == Admission.ADMIT) {
            enter(source);
        }
        return admitted;
    }

    /** A thread's own connection. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init")
    public static class Mine {
        private ConnectionHandle handle;

        /** Opens it. */
        @Setup
        public void open(TableBenchmark table) {
            handle = table.enter(table.anybody());
        }
    }
}
