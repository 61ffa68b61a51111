/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.linux.SocketCensus;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.report.AdvisorReports;
import io.tcpguard.internal.report.DiagnosticsTask;
import io.tcpguard.internal.report.Incidents;
import io.tcpguard.internal.report.TransitionLog;
import io.tcpguard.internal.report.UnguardedPorts;
import io.tcpguard.internal.report.history.History;
import io.tcpguard.signal.Census;
import io.tcpguard.spi.GuardLog;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a running guard tells people: its log, the reports of incidents, what stands out, the last hour, advice. */
final class RuntimeReports {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");

    private final BoundPorts ports;
    private final Supplier<List<Integer>> ownPorts;
    private final DiagnosticsTask diagnosticsTask;
    private final LeakFinder leaks;
    private final AdvisorReports advisor;
    private final Incidents incidents;
    private final History history;
    private final TransitionLog log = new TransitionLog();

    /** @param ownPorts those that the guard itself is bound to, asked later */
    RuntimeReports(
            PublishedSnapshot published,
            GuardCounters counters,
            LinuxProbes probes,
            AdmissionPolicy policy,
            Supplier<List<Integer>> ownPorts,
            BoundPorts ports,
            long now) {
        this.ports = ports;
        this.ownPorts = ownPorts;
        SocketCensus sockets = probes.census();
        UnguardedPorts unguarded = new UnguardedPorts(remark -> LOG.info("tcpguard: {}", remark));
        diagnosticsTask = new DiagnosticsTask(
                budget -> looked(sockets.take(budget), sockets, unguarded),
                budget -> looked(sockets.takeWithHalfOpen(budget), sockets, unguarded),
                probes::counts,
                counters::connectsWithoutPort,
                AwakeTime::nanoTime,
                remark -> LOG.warn("tcpguard: {}", remark));
        leaks = new LeakFinder(probes.survey(), AwakeTime::nanoTime, remark -> LOG.warn("tcpguard: {}", remark));
        advisor = new AdvisorReports();
        incidents = new Incidents(
                counters.shed(),
                counters.waited()::sum,
                published::snapshot,
                probes::counts,
                () -> Stream.of(diagnosticsTask.remarks(), leaks.remarks(), policy.sources(AwakeTime.nanoTime()))
                        .flatMap(List::stream)
                        .toList(),
                advisor::findings);
        history = new History(
                counters.shed(), counters.waited()::sum, counters.waits()::count, counters.waits()::nanos, now);
    }

    private Census looked(Census census, SocketCensus sockets, UnguardedPorts unguarded) {
        unguarded.look(sockets.listening(), ports.numbers(), ownPorts.get());
        return census;
    }

    /** Asking first, the first look loads all that later ones need, while there are descriptors for it. */
    void first(PublishedSnapshot published) {
        diagnosticsTask.background(published.trend());
        diagnosticsTask.look(published.snapshot());
        leaks.first();
    }

    DiagnosticsTask diagnostics() {
        return diagnosticsTask;
    }

    LeakFinder leaks() {
        return leaks;
    }

    AdvisorReports advisor() {
        return advisor;
    }

    Incidents incidents() {
        return incidents;
    }

    History history() {
        return history;
    }

    TransitionLog log() {
        return log;
    }
}
