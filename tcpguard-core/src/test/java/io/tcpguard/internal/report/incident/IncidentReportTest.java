/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.Golden;
import io.tcpguard.advisor.Advisor;
import io.tcpguard.advisor.Finding;
import io.tcpguard.advisor.Listening;
import io.tcpguard.advisor.SavedMachine;
import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import io.tcpguard.state.Verdict;
import io.tcpguard.testkit.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reports stand in files, to be read as a person would. */
final class IncidentReportTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:01:00Z");
    private static final long NOW_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Map<KernelCounter, Long> kernel = new EnumMap<>(KernelCounter.class);
    private final FlightRecorder recorder = new FlightRecorder(64, () -> new TcpCounts(kernel));
    private final RefusalCounters shed = new RefusalCounters();
    private final SavedMachine saved;
    private GuardSnapshot now = Snapshots.calm();
    private long waited = 40;

    IncidentReportTest(@TempDir Path proc) {
        saved = SavedMachine.of("3.10", proc).limits(1024, 4096);
        kernel.put(KernelCounter.LISTEN_OVERFLOWS, 12L);
        kernel.put(KernelCounter.LISTEN_DROPS, 12L);
    }

    private void to(GuardSnapshot next, long milliseconds) {
        recorder.record(new Transition(now, next), TimeUnit.MILLISECONDS.toNanos(milliseconds), shed, waited);
        now = next;
    }

    private void refuse(
            int times, RefusalCounters.Stage stage, RefusalCounters.Method method, RefusalCounters.Reason reason) {
        for (int i = 0; i < times; i++) {
            shed.count(stage, method, reason);
        }
    }

    private String report() {
        List<Finding> findings = Advisor.examine(saved.machine(Listening.asking("http-nio-8080", 8080, 100)));
        List<Episode> all = recorder.episodes(now, NOW_NANOS, shed, waited);
        return IncidentReport.text(all.get(all.size() - 1), NOW_NANOS, NOW, findings);
    }

    @Test
    void tellsOfAFloodThatTookAllDescriptors() throws IOException {
        refuse(3, RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
        to(Snapshots.at(Level.ELEVATED, 871), 1_000);
        to(Snapshots.at(Level.SHED, 992), 1_420);
        refuse(256, RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
        refuse(1_744, RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.ANSWER, RefusalCounters.Reason.CONNECTIONS);
        refuse(310, RefusalCounters.Stage.KEEP_ALIVE, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
        refuse(95, RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.ANSWER, RefusalCounters.Reason.UNFAIR_SOURCE);
        waited += 812;
        kernel.put(KernelCounter.LISTEN_OVERFLOWS, 53L);
        kernel.put(KernelCounter.LISTEN_DROPS, 60L);
        to(Snapshots.at(Level.ELEVATED, 880), 21_400);
        to(Snapshots.calm(), 23_000);

        Golden.check(Golden.resource("incident-flood.txt"), report());
    }

    @Test
    void tellsWhoCameInByWhatTheirSourcesWereKnownFor() {
        to(Snapshots.at(Level.SHED, 992), 0);
        for (int i = 0; i < 7; i++) {
            shed.count(RefusalCounters.Rank.KNOWN_GOOD, i > 0);
            shed.count(RefusalCounters.Rank.KNOWN_BAD, i == 0);
        }
        to(Snapshots.calm(), 9_000);

        assertThat(report())
                .contains("let in and refused")
                .contains("    known good 6 and 1\n    unknown 0 and 0\n    known bad 1 and 6\n");
    }

    @Test
    void tellsOfALeakThatTookTheServerOut() throws IOException {
        to(Snapshots.at(Level.SHED, 992), 0);
        to(Snapshots.leak("usable descriptors below 25 %"), 3_000);

        Golden.check(Golden.resource("incident-leak-goes-on.txt"), report());
    }

    @Test
    void tellsOfAListenerThatDidNotServeWithoutBlamingASignal() {
        to(
                Snapshots.of(
                        Level.DRAIN,
                        null,
                        100,
                        new Verdict(false, 0, "closed", DownBy.LISTENER),
                        "listener web is closed"),
                0);
        to(Snapshots.calm(), 30_000);

        assertThat(report())
                .contains("led by      a listener that did not serve")
                .contains("refused     nobody")
                .contains("no kernel setting would have given it");
    }

    @Test
    void leavesTheMiddleOfARestlessEpisodeOut() {
        for (int i = 0; i < 60; i++) {
            to(Snapshots.at(i % 2 == 0 ? Level.SHED : Level.ELEVATED, 990 + i % 2), i * 100L);
        }
        to(Snapshots.calm(), 6_000);

        assertThat(report()).contains("... 41 more changes ...");
        assertThat(report().lines()).hasSizeLessThan(40);
    }

    @Test
    void takesTheSignalThatLedLongestAtTheHighestLevel() {
        Verdict up = new Verdict(true, 96, "up");
        to(Snapshots.of(Level.SHED, Signal.ACCEPT_QUEUE, 500, up, "accept queue full"), 0);
        to(Snapshots.of(Level.SHED, Signal.TIME_WAIT, 500, up, "TIME_WAIT"), 100);
        to(Snapshots.calm(), 9_000);

        assertThat(report())
                .contains("led by      sockets in TIME_WAIT")
                .contains("net.ipv4.tcp_max_tw_buckets = 32768");
    }
}
