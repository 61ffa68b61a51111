/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.sampling.ExecutorDelayProbe;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.OutgoingConnects;
import io.tcpguard.internal.sampling.ProbeTaskPace;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.RefusalCounters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {
    private static final int TIMES = 20_000;
    private static final int ROUNDS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The least of some rounds: what other threads keep meanwhile is not the guards'. */
    @Test
    void takesLessThanTwoMegabytesOfHeap() {
        try (TcpGuard loadsTheClasses = TcpGuard.builder().healthPort(0).build().start()) {
            assertThat(loadsTheClasses.healthPort()).isPositive();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                least = Math.min(least, heapOfEach(8));
            }

            assertThat(least).isBetween(100_000L, 2_000_000L);
        }
    }

    private static long heapOfEach(int guards) {
        List<TcpGuard> started = new ArrayList<>();
        try {
            long before = usedHeap();
            for (int i = 0; i < guards; i++) {
                started.add(TcpGuard.builder().healthPort(0).build().start());
            }
            return (usedHeap() - before) / guards;
        } finally {
            started.forEach(TcpGuard::close);
        }
    }

    @Test
    void allocatesNothingInACycleWhileTheNumbersStay() {
        GuardConfig config = GuardConfig.defaults();
        Engine engine = new Engine(config, 0);
        AdmissionPolicy policy = new AdmissionPolicy(
                config,
                () -> 100,
                engine::snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        SamplingCycle cycle = new SamplingCycle(config, engine, policy, () -> 0, () -> 0, () -> 0, new Rehearsal(0.85));
        for (Signal signal : Signal.values()) {
            cycle.add(new GuardedProbe(new Still(signal), new Watch(signal, "", config), false));
        }

        assertThat(allocated(i -> cycle.runOnce(i * 20_000_000L))).isLessThan(TIMES);
    }

    /** The one probe that is not the kernel's; the executor's own task aside, of which this one makes none. */
    @Test
    void allocatesNothingForACanaryThatWaitsAsLongAsBefore() {
        ExecutorDelayProbe probe = new ExecutorDelayProbe(Runnable::run, 1_000_000_000L, new ProbeTaskPace(), () -> 0);

        assertThat(allocated(i -> reading = probe.read(i * 100_000_000L))).isLessThan(TIMES);
        assertThat(reading).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 0, 1000));
    }

    @Test
    void allocatesNothingToHearOfFailedConnects() {
        OutgoingConnects connects = new OutgoingConnects();
        Throwable wrapped = new java.io.IOException("no back end", new java.net.BindException("taken"));

        assertThat(allocated(i -> connects.failed(wrapped))).isLessThan(TIMES);
        assertThat(connects.withoutPort()).isEqualTo(2L * TIMES);
    }

    @Test
    void allocatesNothingToAdmitOrToRefuse() {
        GuardConfig config = GuardConfig.defaults();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            assertThat(allocated(i -> answer = guard.admit())).isLessThan(TIMES);
            assertThat(allocated(i -> answer = guard.admitRequest(null))).isLessThan(TIMES);
        }
        long[] used = {100};
        Engine engine = new Engine(config, 0);
        AdmissionPolicy policy = new AdmissionPolicy(
                config,
                () -> used[0],
                engine::snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        policy.setEnabled(true);
        policy.sampled(new io.tcpguard.state.Capacity(1024, 100, 80, 992), io.tcpguard.state.Level.NORMAL, 0);
        assertThat(allocated(i -> answer = policy.accept(null, false, i))).isLessThan(TIMES);
        assertThat(answer).isEqualTo(Admission.ADMIT);

        used[0] = 1000;
        assertThat(allocated(i -> answer = policy.accept(null, false, i))).isLessThan(TIMES);
        assertThat(answer).isEqualTo(Admission.RESPOND);
    }

    private Admission answer = Admission.ADMIT;
    private Reading reading = new Reading.Measured(Signal.WORK_DELAY, 1, 1);

    private interface Step {
        void run(long i);
    }

    /** Bytes allocated by so many steps on this thread, after as many to warm up. */
    private static long allocated(Step step) {
        for (long i = 0; i < TIMES; i++) {
            step.run(i);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (long i = TIMES; i < 2 * TIMES; i++) {
            step.run(i);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private record Still(Signal signal, Reading reading) implements Probe {
        Still(Signal signal) {
            this(signal, new Reading.Measured(signal, 10, 1000));
        }

        @Override
        public Reading read(long now) {
            return reading;
        }

        @Override
        public void close() {}
    }
}
