/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocation is deterministic, so that it can be asserted; time is not. */
@EnabledOnOs(OS.LINUX)
class AllocationTest {
    private static final int READS = 10_000;
    private static final int WINDOWS = 10;

    /** A {@link Reading.Measured}: 12 bytes of header, a reference, two longs. */
    private static final long BYTES_OF_A_READING = 32;

    private static final String LISTENER =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:1F90 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 1061 1 0 100 0
            """;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long clockNanos;

    @ParameterizedTest
    @ValueSource(ints = {0, 5000})
    void readingThisMachineCostsNoMoreThanTheReadingsThatChanged(int openDescriptors) throws IOException {
        try (LinuxProbes probes = LinuxProbes.open();
                ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assumeThat(probes.descriptors().limit())
                    .as("RLIMIT_NOFILE")
                    .isGreaterThan(probes.descriptors().used() + openDescriptors + 100);
            List<RandomAccessFile> held = new ArrayList<>();
            try {
                for (int i = 0; i < openDescriptors; i++) {
                    held.add(new RandomAccessFile("/dev/null", "r"));
                }
                assertAllocatesOnlyForChanges(all(probes, listener.getLocalPort()));
            } finally {
                for (RandomAccessFile file : held) {
                    file.close();
                }
            }
        }
    }

    @Test
    void unchangedTextsCostNothing(@TempDir Path directory) {
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", LISTENER);
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe[] all = all(probes, 8080);
            // Once, so that there is nothing left to change.
            readAll(all, 1);

            assertAllocatesOnlyForChanges(all);
            assertThat(readAll(all, READS)).isZero();
        }
    }

    @Test
    void theExactCountCostsNothing() {
        try (LinuxProbes probes = LinuxProbes.open()) {
            DescriptorCount descriptors = probes.descriptors();
            boolean known = false;
            long allocated = Long.MAX_VALUE;
            for (int window = 0; window < WINDOWS && allocated >= READS; window++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                known = sum(descriptors) > 0;
                long after = THREADS.getCurrentThreadAllocatedBytes();
                allocated = after - before;
            }

            assertThat(known).isTrue();
            assertThat(allocated).isLessThan(READS);
        }
    }

    /**
     * The JVM allocates on a thread's account when it links and compiles what the thread runs: a few hundred bytes,
     * once, but when is its business. A probe that allocates does so in every window and takes 16 bytes a read at
     * least, so that less than a byte a read is none.
     */
    private void assertAllocatesOnlyForChanges(Probe[] all) {
        long excess = Long.MAX_VALUE;
        for (int window = 0; window < WINDOWS && excess >= READS; window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long changes = readAll(all, READS);
            long after = THREADS.getCurrentThreadAllocatedBytes();
            excess = after - before - changes * BYTES_OF_A_READING;
        }
        assertThat(excess).isLessThan(READS);
    }

    private static long sum(DescriptorCount descriptors) {
        long sum = 0;
        for (int i = 0; i < READS; i++) {
            sum += descriptors.used() + descriptors.limit();
        }
        return sum;
    }

    private static Probe[] all(LinuxProbes probes, int port) {
        List<Probe> all = new ArrayList<>(probes.everyCounterPeriod());
        all.add(probes.everySample());
        all.add(probes.acceptQueue(port));
        return all.toArray(Probe[]::new);
    }

    /** Returns how many readings were another object than the one before. */
    private long readAll(Probe[] all, int rounds) {
        Reading[] last = lastReadings;
        long changes = 0;
        for (int i = 0; i < rounds; i++) {
            clockNanos += 100_000_000;
            for (int p = 0; p < all.length; p++) {
                Reading reading = all[p].read(clockNanos);
                if (reading != last[p]) {
                    last[p] = reading;
                    changes++;
                }
            }
        }
        return changes;
    }

    private final Reading[] lastReadings = new Reading[16];

    /** Probes of this machine, each for itself, so that a failure names the one. */
    @ParameterizedTest
    @EnumSource(value = Signal.class, names = "WORK_DELAY", mode = EnumSource.Mode.EXCLUDE)
    void aProbeOfThisMachineCostsNoMoreThanItsReadingsThatChanged(Signal signal) throws IOException {
        try (LinuxProbes probes = LinuxProbes.open();
                ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertAllocatesOnlyForChanges(only(signal, all(probes, listener.getLocalPort())));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Signal.class, names = "WORK_DELAY", mode = EnumSource.Mode.EXCLUDE)
    void aProbeCostsNothingWhileItsTextStays(Signal signal, @TempDir Path directory) {
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", LISTENER);
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe[] one = only(signal, all(probes, 8080));
            readAll(one, 2);

            assertAllocatesOnlyForChanges(one);
            assertThat(readAll(one, READS)).isZero();
        }
    }

    /** What is said again and again while a source is missing or torn is said without making anything. */
    @ParameterizedTest
    @EnumSource(
            value = Signal.class,
            names = {"DESCRIPTORS", "CONNECTIONS", "MEMORY", "WORK_DELAY"},
            mode = EnumSource.Mode.EXCLUDE)
    void aProbeThatCannotReadCostsNothingEither(Signal signal, @TempDir Path directory) {
        FakeProc proc = FakeProc.complete(directory)
                .with("self/net/tcp", "torn")
                .with("self/net/sockstat", "torn")
                .with("self/net/netstat", "torn")
                .with("sys/fs/file-nr", "torn")
                .without("sys/net/netfilter/nf_conntrack_max");
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> 0, null)) {
            Probe[] one = only(signal, all(probes, 8080));
            assertThat(one[0].read(1)).isInstanceOf(Reading.Unavailable.class);
            readAll(one, 2);

            assertAllocatesOnlyForChanges(one);
            assertThat(readAll(one, READS)).isZero();
        }
    }

    private static Probe[] only(Signal signal, Probe[] all) {
        return Arrays.stream(all).filter(probe -> probe.signal() == signal).toArray(Probe[]::new);
    }
}
