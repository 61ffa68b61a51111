/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Snapshots;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In virtual time, with real files. */
class LeakFinderTest {
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<RandomAccessFile> leaked = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private LinuxProbes probes;
    private LeakFinder look;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        probes = LinuxProbes.open();
        look = new LeakFinder(probes.survey(), now::get, log::add);
        look.first();
    }

    @AfterEach
    void close() throws IOException {
        for (RandomAccessFile file : leaked) {
            file.close();
        }
        probes.close();
    }

    private void leak(int files) throws IOException {
        for (int i = 0; i < files; i++) {
            leaked.add(new RandomAccessFile(
                    directory.resolve("log" + leaked.size()).toFile(), "rw"));
        }
    }

    private void sampled(GuardSnapshot snapshot, double afterSeconds) {
        long at = now.addAndGet((long) (afterSeconds * 1e9));
        look.sampled(snapshot, at);
    }

    @Test
    void saysWhatGrewWhenSomethingElseThanConnectionsRaisesTheLevel() throws IOException {
        leak(40);
        sampled(Snapshots.leak("a leak"), 10);
        Await.until("it looked", () -> !log.isEmpty());

        assertThat(log).singleElement().asString().contains(": 40 files in " + directory);
        assertThat(look.remarks()).isEqualTo(log);
        assertThat(look.held()).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void looksOnceAMinuteAndSpeaksOnceInTen() throws IOException {
        leak(40);
        sampled(Snapshots.leak("a leak"), 10);
        Await.until("it looked", () -> !log.isEmpty());
        leak(20);
        for (int i = 0; i < 50; i++) {
            sampled(Snapshots.leak("a leak"), 1);
        }
        assertThat(look.held().get(0).count()).as("not yet").isEqualTo(40);

        sampled(Snapshots.leak("a leak"), 20);
        Await.until("it looked again", () -> look.held().get(0).count() == 60);

        assertThat(log).hasSize(1);
    }

    @Test
    void looksAtNothingInAFloodOrInCalmOrInARehearsal() throws IOException {
        leak(40);
        Thread[] before = threads();
        sampled(Snapshots.calm(), 10);
        sampled(Snapshots.at(Level.SHED, 1010), 10);
        GuardSnapshot leak = Snapshots.leak("played");
        sampled(
                new GuardSnapshot(
                        Level.DRAIN,
                        Signal.DESCRIPTORS,
                        "rehearsal: played",
                        new Capacity(1024, 1000, 120, 1004),
                        leak.verdict(),
                        leak.admission(),
                        null,
                        false,
                        false,
                        leak.trend(),
                        List.of(),
                        List.of(),
                        0,
                        true),
                10);

        assertThat(threads()).as("no thread for a look").isSubsetOf(before);
        assertThat(look.held()).isEmpty();
    }

    @Test
    void comparesWithWhatWasThereWhenTheServerWasWarm() throws IOException {
        leak(40);
        sampled(Snapshots.calm(), 120);
        Await.until("the look is over", () -> threads().length == 0);
        leak(30);
        sampled(Snapshots.leak("a leak"), 10);
        Await.until("it looked", () -> !log.isEmpty());

        assertThat(log).singleElement().asString().contains(": 70 files in " + directory + " (30 of them new)");
    }

    private static Thread[] threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("tcpguard-leak"))
                .toArray(Thread[]::new);
    }
}
