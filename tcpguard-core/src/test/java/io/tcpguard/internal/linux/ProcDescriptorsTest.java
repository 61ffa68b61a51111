/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcDescriptorsTest {
    private static final long SECOND = 1_000_000_000L;

    private long now;

    @Test
    void doesNotTakeTheSizeOfAnyDirectoryForACount(@TempDir Path directory) throws IOException {
        Files.write(directory.resolve("large"), new byte[100_000]);
        ProcDescriptors descriptors =
                new ProcDescriptors(directory.resolve("large").toFile(), JdkDescriptors.open(), () -> now);

        assertThat(descriptors.exact()).isFalse();
        assertThat(descriptors.used()).isBetween(4L, 50_000L);
    }

    @Test
    void followsConnectionsBetweenTwoCountsWhereTheSizeIsNoCount(@TempDir Path directory) throws IOException {
        AtomicLong connections = new AtomicLong(20);
        FakeProc proc = FakeProc.complete(directory).without("self/fd/0").without("self/fd");
        try (LinuxProbes probes = LinuxProbes.open(proc.root(), true, () -> now, null)) {
            probes.reckonWith(connections::get);
            DescriptorCount descriptors = probes.descriptors();
            long before = descriptors.used();
            assertThat(before).isGreaterThan(3);

            connections.set(120);
            assertThat(descriptors.used()).isEqualTo(before + 100);
            assertThat(probes.everySample().read(now))
                    .isEqualTo(new Reading.Measured(Signal.DESCRIPTORS, before + 100, descriptors.limit()));
            connections.set(15);
            assertThat(descriptors.used()).isEqualTo(before - 5);

            // The JDK's own count is the truth again, whatever the books said.
            now += SECOND;
            long truth = countsAsTheJdkDoes(descriptors);
            connections.set(16);
            assertThat(descriptors.used()).isEqualTo(truth + 1);
        }
    }

    /** In a second in which nothing was closed that tests before this one left open. */
    private long countsAsTheJdkDoes(DescriptorCount descriptors) {
        JdkDescriptors jdk = JdkDescriptors.open();
        for (int round = 0; round < 50; round++) {
            long before = jdk.count();
            long told = descriptors.used();
            if (jdk.count() == before) {
                assertThat(told).isEqualTo(before);
                return told;
            }
            now += SECOND;
        }
        throw new AssertionError("others open and close all the time");
    }

    @Test
    void doesNotAskForConnectionsWhereTheSizeIsTheCount() {
        ProcDescriptors descriptors = new ProcDescriptors(new File("/proc/self/fd"), JdkDescriptors.open(), () -> now);
        assumeThat(descriptors.exact()).as("Linux 6.2 or later").isTrue();
        descriptors.reckonWith(() -> {
            throw new AssertionError("asked");
        });

        assertThat(descriptors.used()).isPositive();
    }

    @Test
    void countsAtMostOnceASecondWhereTheSizeIsNoCount() throws IOException {
        ProcDescriptors descriptors = new ProcDescriptors(new File("/nowhere"), JdkDescriptors.open(), () -> now);
        boolean oneMore = false;
        // What tests before this one left open may close at any time.
        for (int i = 0; i < 50 && !oneMore; i++) {
            now += SECOND;
            long before = descriptors.used();
            try (RandomAccessFile one = new RandomAccessFile("/dev/null", "r")) {
                assertThat(one.getFD().valid()).isTrue();
                now += SECOND - 1;
                assertThat(descriptors.used()).isEqualTo(before);

                now += 1;
                oneMore = descriptors.used() == before + 1;
            }
        }
        assertThat(oneMore).isTrue();
    }
}
