/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.benchmarks;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.sampling.ExecutorDelayProbe;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.ProbeTaskPace;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;

/**
 * Each probe, the sets of them, and a whole cycle, beside what others do to know the descriptor count alone. Run with
 * {@code -prof gc}, in a network namespace of its own, where no other sockets are.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms256m", "-Xmx256m", "-XX:+UseSerialGC"})
public class SampleBenchmark {
    /** Descriptors opened by the benchmark on top of the JVM's own. */
    @Param({"10", "1000", "10000"})
    public int descriptors;

    /** TCP sockets of another process in the network namespace. */
    @Param({"0", "10000"})
    public int sockets;

    private final List<Closeable> held = new ArrayList<>();
    private final LinuxProbes probes = LinuxProbes.open();
    private final ServerSocket listener;
    private final Probe[] everySample;
    private final Probe[] all;
    private final Probe acceptQueue;
    private final SamplingCycle cycleOfSample;
    private final SamplingCycle cycleOfAll;
    private final UnixOperatingSystemMXBean jdk =
            (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Gauge micrometer;
    private final Path walked = Path.of("/proc/self/net/tcp");

    /** OSHI takes long to start, and only one benchmark needs it. */
    @State(Scope.Thread)
    public static class Oshi {
        final OSProcess self = new SystemInfo().getOperatingSystem().getCurrentProcess();
    }

    /** Opens the probes, as a guard with one listener and one executor does at its start. */
    public SampleBenchmark() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        acceptQueue = probes.acceptQueue(listener.getLocalPort());
        List<Probe> process = List.of(
                probes.everySample(),
                acceptQueue,
                new ExecutorDelayProbe(
                        Runnable::run, TimeUnit.SECONDS.toNanos(1), new ProbeTaskPace(), System::nanoTime));
        everySample = process.toArray(Probe[]::new);
        all = Stream.concat(process.stream(), probes.everyCounterPeriod().stream())
                .toArray(Probe[]::new);
        cycleOfSample = cycle(everySample);
        cycleOfAll = cycle(all);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new FileDescriptorMetrics().bindTo(registry);
        micrometer = registry.get("process.files.open").gauge();
    }

    private SamplingCycle cycle(Probe[] read) {
        GuardConfig config = GuardConfig.defaults();
        Engine engine = new Engine(config, 0);
        AdmissionPolicy policy = new AdmissionPolicy(
                config,
                probes.descriptors()::used,
                engine::snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> false, 0),
                0);
        SamplingCycle cycle = new SamplingCycle(config, engine, policy, () -> 0, () -> 0, () -> 0, new Rehearsal(1));
        for (Probe probe : read) {
            // The counters in every cycle here; in a guard, in one of five.
            cycle.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), false));
        }
        return cycle;
    }

    /** Fills the table of descriptors, and that of sockets. */
    @Setup
    public void open() throws IOException {
        for (int i = 0; i < descriptors; i++) {
            held.add(new FileInputStream("/dev/null"));
        }
        held.add(Neighbour.with(sockets));
        if (!(acceptQueue.read(System.nanoTime()) instanceof Reading.Measured)) {
            throw new IllegalStateException("the accept queue can't be read here");
        }
    }

    /** Empties them. */
    @TearDown
    public void close() throws IOException {
        for (Closeable each : held) {
            each.close();
        }
        probes.close();
        listener.close();
    }

    private Reading read(Signal signal) {
        for (Probe probe : all) {
            if (probe.signal() == signal) {
                return probe.read(System.nanoTime());
            }
        }
        throw new AssertionError(signal);
    }

    /** Stat and getrlimit. */
    @Benchmark
    public Reading probeDescriptors() {
        return read(Signal.DESCRIPTORS);
    }

    /** One read of file-nr. */
    @Benchmark
    public Reading probeSystemFiles() {
        return read(Signal.SYSTEM_FILES);
    }

    /** One getsockopt. */
    @Benchmark
    public Reading probeAcceptQueue() {
        return read(Signal.ACCEPT_QUEUE);
    }

    /** One read of sockstat; orphans and memory stand in the same line. */
    @Benchmark
    public Reading probeTimeWait() {
        return read(Signal.TIME_WAIT);
    }

    /** A probe every 100 ms, through an executor that takes no time itself. */
    @Benchmark
    public Reading probeWorkDelay() {
        return read(Signal.WORK_DELAY);
    }

    /** One read of netstat. */
    @Benchmark
    public Reading probeListenDrops() {
        return read(Signal.LISTEN_DROPS);
    }

    /** One read of nf_conntrack_count. */
    @Benchmark
    public Reading probeConntrack() {
        return read(Signal.CONNTRACK);
    }

    /** Sockstat and sockstat6; snmp once a second. */
    @Benchmark
    public Reading probeEphemeralPorts() {
        return read(Signal.EPHEMERAL_PORTS);
    }

    /** What is read every 20 ms. */
    @Benchmark
    public void setOfEverySample(Blackhole hole) {
        readAll(everySample, hole);
    }

    /** What is read every 100 ms. */
    @Benchmark
    public void setOfAll(Blackhole hole) {
        readAll(all, hole);
    }

    private static void readAll(Probe[] set, Blackhole hole) {
        long now = System.nanoTime();
        for (Probe probe : set) {
            hole.consume(probe.read(now));
        }
    }

    /** What is done every 20 ms: read, judged, published. */
    @Benchmark
    public GuardSnapshot cycleOfEverySample() {
        return cycleOfSample.runOnce(System.nanoTime());
    }

    /** What is done every 100 ms. */
    @Benchmark
    public GuardSnapshot cycleOfAll() {
        return cycleOfAll.runOnce(System.nanoTime());
    }

    /** The exact count at the admission threshold. */
    @Benchmark
    public long exactCount() {
        return probes.descriptors().used();
    }

    /** The JDK's count. */
    @Benchmark
    public long peerJdkCount() {
        return jdk.getOpenFileDescriptorCount();
    }

    /** Micrometer's gauge. */
    @Benchmark
    public double peerMicrometerGauge() {
        return micrometer.value();
    }

    /** OSHI's count. */
    @Benchmark
    public long peerOshiCount(Oshi oshi) {
        return oshi.self.getOpenFiles();
    }

    /** A walk over all sockets, as tools do. */
    @Benchmark
    public int peerProcNetTcpWalk() throws IOException {
        return Files.readAllLines(walked).size();
    }
}
