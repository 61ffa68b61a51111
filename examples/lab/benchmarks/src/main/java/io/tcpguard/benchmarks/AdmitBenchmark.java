/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.benchmarks;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.tcpguard.TcpGuard;
import io.tcpguard.state.Admission;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The question "may it come in?", beside what others ask for each request. Run with {@code -prof gc}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AdmitBenchmark {
    private final TcpGuard guard = TcpGuard.builder().build();
    private final Limiter<Void> limiter =
            SimpleLimiter.newBuilder().limit(FixedLimit.of(1000)).build();

    /** Starts the guard: its sampler runs beside the measurement, as in life. */
    @Setup
    public void start() {
        guard.start();
    }

    /** Ends it. */
    @TearDown
    public void close() {
        guard.close();
    }

    /** Ours, for a connection. */
    @Benchmark
    public Admission admit() {
        return guard.admit();
    }

    /** Ours, for a request. */
    @Benchmark
    public Admission admitRequest() {
        return guard.admitRequest(null);
    }

    /** Netflix concurrency-limits: acquire and give back. */
    @Benchmark
    public boolean concurrencyLimits() {
        Limiter.Listener listener = limiter.acquire(null).orElseThrow();
        listener.onSuccess();
        return true;
    }

    /** Alibaba Sentinel: entry and exit. */
    @Benchmark
    public boolean sentinel() throws BlockException {
        try (Entry entry = SphU.entry("resource")) {
            return entry != null;
        }
    }
}
