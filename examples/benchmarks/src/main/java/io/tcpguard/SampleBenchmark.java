package io.tcpguard;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.signal.Probe;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Shed;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;

/** A whole sampling cycle, beside what others do to know the descriptor count alone. Run with {@code -prof gc}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SampleBenchmark {
    /** Descriptors opened by the benchmark on top of the JVM's own. */
    @Param({"10", "1000", "10000"})
    public int descriptors;

    private final List<FileInputStream> held = new ArrayList<>();
    private final LinuxProbes probes = LinuxProbes.open();
    private final UnixOperatingSystemMXBean jdk =
            (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final OSProcess oshi = new SystemInfo().getOperatingSystem().getCurrentProcess();
    private final SamplingCycle everything;
    private final SamplingCycle everySample;
    private final Gauge micrometer;
    private final Path walked = Path.of("/proc/self/net/tcp");

    /** Opens the probes, as a guard does at its start. */
    public SampleBenchmark() {
        everything = cycle(true);
        everySample = cycle(false);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new FileDescriptorMetrics().bindTo(registry);
        micrometer = registry.get("process.files.open").gauge();
    }

    private SamplingCycle cycle(boolean counters) {
        GuardConfig config = GuardConfig.defaults();
        Engine engine = new Engine(config, 0);
        AdmissionPolicy policy = new AdmissionPolicy(
                config, probes.descriptors()::used, engine::snapshot, new CoarseClock(0), new Shed(), 0);
        SamplingCycle cycle = new SamplingCycle(config, engine, policy, () -> 0, () -> 0);
        for (Probe probe : probes.everySample()) {
            cycle.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), false));
        }
        if (counters) {
            for (Probe probe : probes.everyCounterPeriod()) {
                // In every cycle here; in a guard, in one of five.
                cycle.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), false));
            }
        }
        return cycle;
    }

    /** Fills the table. */
    @Setup
    public void open() throws IOException {
        for (int i = 0; i < descriptors; i++) {
            held.add(new FileInputStream("/dev/null"));
        }
    }

    /** Empties it. */
    @TearDown
    public void close() throws IOException {
        for (FileInputStream file : held) {
            file.close();
        }
        probes.close();
    }

    /** Every signal, the kernel's counters too, judged and published. */
    @Benchmark
    public GuardSnapshot tcpguardWhole() {
        return everything.runOnce(System.nanoTime());
    }

    /** What is read every 20 ms. */
    @Benchmark
    public GuardSnapshot tcpguardEverySample() {
        return everySample.runOnce(System.nanoTime());
    }

    /** The exact count at the refusal point. */
    @Benchmark
    public long tcpguardExactCount() {
        return probes.descriptors().used();
    }

    /** The JDK's count. */
    @Benchmark
    public long jdkCount() {
        return jdk.getOpenFileDescriptorCount();
    }

    /** Micrometer's gauge. */
    @Benchmark
    public double micrometerGauge() {
        return micrometer.value();
    }

    /** OSHI's count. */
    @Benchmark
    public long oshiCount() {
        return oshi.getOpenFiles();
    }

    /** A walk over all sockets, as tools do. */
    @Benchmark
    public int procNetTcpWalk() throws IOException {
        return Files.readAllLines(walked).size();
    }
}
