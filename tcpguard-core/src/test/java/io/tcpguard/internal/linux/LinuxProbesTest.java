/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.testkit.OpenDescriptors;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LinuxProbesTest {
    private final LinuxProbes probes = LinuxProbes.open();

    @AfterEach
    void closeProbes() {
        probes.close();
    }

    @Test
    void readsEverySignalThatThisKernelShows() {
        List<Probe> all = new ArrayList<>(probes.everyCounterPeriod());
        all.add(probes.everySample());
        for (Probe probe : all) {
            Reading reading = probe.read(System.nanoTime() + 1_000_000_000L);

            assertThat(reading.signal()).isEqualTo(probe.signal());
            if (reading instanceof Reading.Unavailable missing) {
                // Containers lack these; nothing else may be missing.
                assertThat(missing.cause()).as(missing.toString()).isEqualTo(Cause.NOT_SUPPORTED);
                assertThat(missing.signal()).isIn(Signal.ORPHANS, Signal.TCP_MEMORY, Signal.CONNTRACK);
            }
        }
    }

    @Test
    void readsDescriptorsInEachSampleAndWhatIsNotTheProcesssLessOften() {
        assertThat(probes.everySample().signal()).isEqualTo(Signal.DESCRIPTORS);
        assertThat(probes.everyCounterPeriod().stream().map(Probe::signal))
                .containsExactlyInAnyOrder(
                        Signal.SYSTEM_FILES,
                        Signal.TIME_WAIT,
                        Signal.ORPHANS,
                        Signal.TCP_MEMORY,
                        Signal.LISTEN_DROPS,
                        Signal.CONNTRACK,
                        Signal.EPHEMERAL_PORTS);
    }

    @Test
    void countsEachDescriptorThatIsOpenedAndClosed() throws IOException {
        DescriptorCount descriptors = probes.descriptors();
        boolean undisturbed = false;
        // What other tests left to the garbage collector may be closed in between: that is told by name, and not
        // judged.
        for (int round = 0; round < 50 && !undisturbed; round++) {
            OpenDescriptors others = OpenDescriptors.now();
            long before = descriptors.used();
            List<FileInputStream> held = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                held.add(new FileInputStream("/dev/null"));
            }
            long during = descriptors.used();
            for (FileInputStream file : held) {
                file.close();
            }
            long after = descriptors.used();
            if (OpenDescriptors.now().equals(others)) {
                undisturbed = true;
                assertThat(during - before).isEqualTo(50);
                assertThat(after).isEqualTo(before);
                assertThat(descriptors.limit()).isGreaterThan(during);
            }
        }
        assertThat(undisturbed).isTrue();
    }

    @Test
    void seesTheAcceptQueueFillBeyondItsLimit() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
            try (Probe probe = probes.acceptQueue(listener.getLocalPort(), 3, now -> false);
                    Clients clients = Clients.connect(listener, 4)) {
                assertThat(clients.count()).isEqualTo(4);
                assertThat(probe.read(System.nanoTime())).isEqualTo(new Reading.Measured(Signal.ACCEPT_QUEUE, 4, 3));
            }
        }
    }

    @Test
    void saysThatNothingListensOnThePort() {
        try (Probe probe = probes.acceptQueue(1)) {
            assertThat(probe.read(System.nanoTime()))
                    .isInstanceOfSatisfying(Reading.Unavailable.class, missing -> assertThat(missing.cause())
                            .isEqualTo(Cause.NOTHING_TO_WATCH));
        }
    }

    @Test
    void saysNotLinuxForEverySignalElsewhere() {
        try (LinuxProbes elsewhere = LinuxProbes.open(new File("/nowhere"), false, System::nanoTime, null)) {
            List<Probe> all = new ArrayList<>(elsewhere.everyCounterPeriod());
            all.add(elsewhere.everySample());
            all.add(elsewhere.acceptQueue(80));

            assertThat(all).hasSize(9);
            for (Probe probe : all) {
                assertThat(probe.read(0))
                        .isInstanceOfSatisfying(Reading.Unavailable.class, missing -> assertThat(missing.cause())
                                .isEqualTo(Cause.NOT_LINUX));
            }
            assertThat(elsewhere.descriptors().used()).isEqualTo(-1);
            assertThat(elsewhere.descriptors().limit()).isEqualTo(-1);
        }
    }

    /** Connections to a listener that nobody accepts. */
    private record Clients(List<Socket> sockets) implements AutoCloseable {
        static Clients connect(ServerSocket listener, int count) throws IOException {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sockets.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
            }
            return new Clients(sockets);
        }

        int count() {
            return sockets.size();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
