/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.internal.admission.StalledRequestReaper;
import io.tcpguard.internal.jfr.Recordings;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.report.AdvisorReports;
import io.tcpguard.internal.report.DiagnosticsTask;
import io.tcpguard.internal.report.Incidents;
import io.tcpguard.internal.report.SignalLossLog;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.internal.report.TransitionLog;
import io.tcpguard.internal.report.history.History;
import io.tcpguard.internal.sampling.SampleRest;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.state.GuardSnapshot;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the sampler does each period: one cycle, its snapshot for everybody, and then what follows from it. Only for
 * that thread.
 */
final class SamplerRound implements LongConsumer {
    private final SamplingCycle cycle;
    private final PublishedSnapshot published;
    private final TransitionFanout recording;
    private final TransitionFanout fanout;
    private final GuardCounters counters;
    private final Recordings recordings;
    private final TransitionLog log;
    private final SignalLossLog losses;
    private final AdvisorReports advisorReports;
    private final Incidents incidents;
    private final History history;
    private final LeakFinder leaks;
    private final Supplier<List<Listening>> listening;
    private final StalledRequestReaper stalledRequests;
    private final DiagnosticsTask diagnosticsTask;
    private final BlockedWriteLook blockedWrites;
    private final @Nullable GonePeerSweep peers;
    private final LinuxProbes probes;
    private final SampleRest rest;
    private final Executor io;
    private final Runnable look;
    private final Runnable containerLook;

    /**
     * @param recording the way to the incidents, which no listener holds up
     * @param listening the listeners, for advice
     * @param io runs what must not run on the sampler
     */
    SamplerRound(
            SamplingCycle cycle,
            PublishedSnapshot published,
            TransitionFanout recording,
            TransitionFanout fanout,
            GuardCounters counters,
            Recordings recordings,
            RuntimeReports reports,
            Supplier<List<Listening>> listening,
            StalledRequestReaper stalledRequests,
            BlockedWriteLook blockedWrites,
            @Nullable GonePeerSweep peers,
            LinuxProbes probes,
            SampleRest rest,
            Executor io) {
        this.cycle = cycle;
        this.published = published;
        this.recording = recording;
        this.fanout = fanout;
        this.counters = counters;
        this.recordings = recordings;
        this.log = reports.log();
        this.losses = new SignalLossLog(published.snapshot(), TransitionLog::lost, TransitionLog::regained);
        this.advisorReports = reports.advisor();
        this.incidents = reports.incidents();
        this.history = reports.history();
        this.leaks = reports.leaks();
        this.listening = listening;
        this.stalledRequests = stalledRequests;
        this.diagnosticsTask = reports.diagnostics();
        this.blockedWrites = blockedWrites;
        this.peers = peers;
        this.probes = probes;
        this.containerLook = probes::lookForContainerLimit;
        this.rest = rest;
        this.io = io;
        this.look = () -> diagnosticsTask.look(published.snapshot());
    }

    @Override
    public void accept(long now) {
        GuardSnapshot before = published.snapshot();
        GuardSnapshot after = cycle.runOnce(now, rest.due());
        published.publish(after, now);
        if (before.level() != after.level()
                || before.verdict().up() != after.verdict().up()) {
            counters.changed(before, after);
            recording.publish(before, after);
            fanout.publish(before, after);
            log.changed(before, after, now);
        }
        fanout.sampled(now);
        log.settle(after, now);
        if (advisorReports.listenersAreNews(after, now)) {
            advisorReports.adviseOn(listening.get());
        }
        incidents.sampled(after, now);
        history.sampled(after, now);
        leaks.sampled(after, now);
        losses.look(after, now);
        stalledRequests.sampled(after, now);
        if (diagnosticsTask.takeDue(now)) {
            io.execute(look);
        }
        if (probes.containerLookDue(now)) {
            io.execute(containerLook);
        }
        blockedWrites.sampled(now);
        if (peers != null) {
            peers.sampled(now);
        }
        recordings.sampled(before, after, now);
        rest.sampled(after, now);
    }
}
