/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.admission.StalledRequestReaper;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.jfr.Recordings;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.linux.PeerTable;
import io.tcpguard.internal.linux.SocketCensus;
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.report.AdvisorReports;
import io.tcpguard.internal.report.DiagnosticsTask;
import io.tcpguard.internal.report.Incidents;
import io.tcpguard.internal.report.MissingLog;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.internal.report.TransitionLog;
import io.tcpguard.internal.report.UnguardedPorts;
import io.tcpguard.internal.report.history.History;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.ProcessConnections;
import io.tcpguard.internal.sampling.ProcessMemory;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.sampling.SampleRest;
import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.internal.sampling.SamplerThread;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.internal.sampling.WatchedExecutors;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.CheckerStatus;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.ListenerStatus;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of a running guard, put together: probes, engine, policy, reports, and the two threads. {@link #start}
 * opens everything, {@link #close} ends and closes it.
 */
public final class GuardRuntime implements RunState {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");
    private static final long CENSUS_BUDGET = TimeUnit.SECONDS.toNanos(1);

    private final GuardConfig config;
    private final PublishedSnapshot published;
    private final LinuxProbes probes;
    private final AdmissionPolicy policy;
    private final AdvisorReports advisorReports;
    private final Incidents incidents;
    private final IoThread io;
    private final SamplingCycle cycle;
    private final Rehearsal rehearsal;
    private final TransitionFanout fanout;
    private final TransitionLog log = new TransitionLog();
    private final SampleRest rest;
    private final SamplerThread sampler;
    private final WatchedExecutors work;
    private final BoundPorts ports = new BoundPorts();
    private final GuardedListeners guarded;

    private GuardRuntime(
            GuardConfig config,
            PublishedSnapshot published,
            GuardCounters counters,
            List<GuardListener> listeners,
            LinuxProbes probes) {
        long now = AwakeTime.nanoTime();
        this.config = config;
        this.published = published;
        this.probes = probes;
        rehearsal = new Rehearsal(config.share(Setting.ELEVATED_AT));
        SocketCensus sockets = probes.census();
        UnguardedPorts unguarded = new UnguardedPorts(remark -> LOG.info("tcpguard: {}", remark));
        DiagnosticsTask diagnosticsTask = new DiagnosticsTask(
                budget -> looked(sockets.take(budget), sockets, unguarded),
                budget -> looked(sockets.takeWithHalfOpen(budget), sockets, unguarded),
                probes::counts,
                counters::connectsWithoutPort,
                AwakeTime::nanoTime,
                remark -> LOG.warn("tcpguard: {}", remark));
        LeakLook leaks = new LeakLook(probes.survey(), AwakeTime::nanoTime, remark -> LOG.warn("tcpguard: {}", remark));
        // For checks that only connect, as keepalived's TCP_CHECK does.
        boolean connects = config.flag(Setting.CLOSE_HEALTH_WHEN_DOWN);
        CoarseClock clock = new CoarseClock(now, AwakeTime::nanoTime);
        ResetBudget resets = new ResetBudget(config, () -> connects || directorChecks(), now);
        policy = new AdmissionPolicy(
                config,
                () -> {
                    long open = probes.descriptors().used();
                    // What is played ends with the sampler's clock: while that stands still, nobody is refused for it.
                    return published.staleAt(AwakeTime.nanoTime()) ? open : rehearsal.descriptors(open);
                },
                published::snapshot,
                clock,
                counters.shed(),
                resets,
                now);
        StalledRequestReaper stalledRequests = new StalledRequestReaper(config, counters.shed(), resets);
        PeerTable table = config.flag(Setting.RECLAIM) ? probes.peers() : null;
        PeerLook peers = table == null
                ? null
                : new PeerLook(table, ports::numbers, at -> policy.shedWithin(PeerLook.SCARCE_FOR, at), now);
        probes.reckonWith(policy::connections);
        probes.believeOfPorts(counters::connectsWithoutPort);
        advisorReports = new AdvisorReports();
        incidents = new Incidents(
                counters.shed(),
                counters.waited()::sum,
                published::snapshot,
                published::meant,
                probes::counts,
                () -> Stream.of(diagnosticsTask.remarks(), leaks.remarks(), policy.sources(AwakeTime.nanoTime()))
                        .flatMap(List::stream)
                        .toList(),
                advisorReports::findings);
        History history = new History(
                counters.shed(), counters.waited()::sum, counters.waits()::count, counters.waits()::nanos, now);
        HealthView view = new HealthView(
                published,
                policy,
                advisorReports,
                incidents,
                diagnosticsTask,
                this::queueWaitNanos,
                counters.waited()::sum,
                () -> meters(counters),
                history,
                leaks);
        io = IoThread.open(config, view, probes.descriptorsThatMayBe(), AwakeTime::nanoTime);
        try {
            Engine engine = new Engine(config, now);
            cycle = cycle(engine);
            long period = config.nanos(Setting.SAMPLE_PERIOD);
            rest = new SampleRest(
                    period, config.share(Setting.ELEVATED_AT), clock, cycle::activity, AwakeTime::nanoTime);
            published.restsBy(rest);
            ProcessMemory memory = ProcessMemory.of(probes.containerMemory());
            memory.watch(cycle, config);
            ProcessConnections connections = new ProcessConnections(config, policy, engine, memory, rehearsal);
            cycle.add(new GuardedProbe(connections, new Watch(Signal.CONNECTIONS, "", config), false));
            work = new WatchedExecutors(config, cycle, () -> published.staleAt(AwakeTime.nanoTime()));
            fanout = new TransitionFanout(io::execute);
            fanout.add(incidents::record);
            listeners.forEach(fanout::add);
            PathPreload.play(config, probes::counts);
            published.publish(cycle.runOnce(now), now);
            // Asking first, the first look loads all that later ones need, while there are descriptors for it.
            diagnosticsTask.background(published.trend());
            diagnosticsTask.look(published.snapshot());
            leaks.first();
            SampleTurn turn = new SampleTurn(
                    new SamplerRound(
                            cycle,
                            published,
                            fanout,
                            counters,
                            Recordings.open(published.snapshot(), counters.shed(), counters.waited()::sum, now),
                            log,
                            advisorReports,
                            incidents,
                            history,
                            leaks,
                            this::listening,
                            stalledRequests,
                            diagnosticsTask,
                            peers,
                            rest,
                            io::execute),
                    now);
            SignalAvailability sight = new SignalAvailability(turn);
            published.seenBy(sight);
            guarded = new GuardedListeners(
                    config,
                    published,
                    counters,
                    probes,
                    policy,
                    io,
                    cycle,
                    connections,
                    work,
                    stalledRequests,
                    sight,
                    peers,
                    ports,
                    rest);
            AwakeTime.lookedAtEvery(period);
            sampler = new SamplerThread(
                    period,
                    time -> {
                        turn.take(time);
                        io.reviveIfDead();
                    },
                    rest);
            view.watchOver(sampler);
        } catch (RuntimeException | Error e) {
            // A health port that is bound and never served would be "up" to a check that only connects.
            io.close();
            throw e;
        }
    }

    private Census looked(Census census, SocketCensus sockets, UnguardedPorts unguarded) {
        unguarded.look(sockets.listening(), ports.numbers(), ownPorts());
        return census;
    }

    /** Of the guard itself. */
    private List<Integer> ownPorts() {
        return List.of(io.healthPort(), io.agentPort());
    }

    /** Whether one who balances by counting connections checks this server. */
    private boolean directorChecks() {
        return io.checkers().anyCountsConnections();
    }

    private SamplingCycle cycle(Engine engine) {
        SamplingCycle made = new SamplingCycle(
                config,
                engine,
                policy,
                io.checkers()::observedIntervalNanos,
                io::deskSize,
                AwakeTime::lostNanos,
                rehearsal);
        made.add(new GuardedProbe(probes.everySample(), new Watch(Signal.DESCRIPTORS, "", config), false));
        for (Probe probe : probes.everyCounterPeriod()) {
            made.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), true));
        }
        made.drain(published.drainReason());
        return made;
    }

    /**
     * Opens everything, takes the first sample, lets both threads run and decides from then on.
     *
     * @param listeners told of transitions from the first on
     * @throws IllegalStateException if the health port can't be bound; nothing stays open
     */
    public static GuardRuntime start(
            GuardConfig config, PublishedSnapshot published, GuardCounters counters, List<GuardListener> listeners) {
        LinuxProbes probes = LinuxProbes.open();
        GuardRuntime opened;
        try {
            opened = new GuardRuntime(config, published, counters, listeners, probes);
        } catch (RuntimeException | Error e) {
            probes.close();
            throw e;
        }
        try {
            opened.run();
        } catch (RuntimeException | Error e) {
            // No thread could be made.
            opened.close();
            throw e;
        }
        return opened;
    }

    private void run() {
        published.live(true);
        io.start();
        sampler.start();
        policy.setEnabled(true);
        MissingLog.sayOnce();
        log.started(published.snapshot(), idleFloorNanos(), queueWaitNanos(), healthPort());
        advisorReports.adviseAtStart();
        probes.flagForExactQueues()
                .ifPresent(flag -> LOG.info("Accept queues are read once a second; exact ones want {}", flag));
    }

    @Override
    public boolean running() {
        return true;
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        return guarded.listen(name, port, control);
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        rest.end();
        return work.watch(name, executor, null)::close;
    }

    @Override
    public void drain(@Nullable String reason) {
        cycle.drain(reason);
        rest.end();
    }

    @Override
    public void rehearse(Signal signal, double pressure, long nanos) {
        long now = AwakeTime.nanoTime();
        rehearsal.begin(published.snapshot(), published.staleAt(now), signal, pressure, nanos, now);
        rest.end();
    }

    @Override
    public void endRehearsal() {
        rehearsal.end();
        rest.end();
    }

    @Override
    public boolean forgetSource(InetAddress address) {
        return policy.forgetSource(address);
    }

    @Override
    public void add(GuardListener listener) {
        fanout.add(listener);
    }

    @Override
    public long idleFloorNanos() {
        return policy.idleFloorNanos();
    }

    @Override
    public long queueWaitNanos() {
        return Math.min(guarded.longestWait(), policy.queueWaitNanos());
    }

    @Override
    public int healthPort() {
        return io.healthPort();
    }

    @Override
    public Census census() {
        return probes.census().takeWithHalfOpen(CENSUS_BUDGET);
    }

    @Override
    public Optional<String> incident() {
        return incidents.text();
    }

    @Override
    public List<Listening> listening() {
        return ports.listening(published.snapshot());
    }

    @Override
    public CheckerStatus checkers() {
        return io.checkers().status();
    }

    @Override
    public List<ListenerStatus> listeners() {
        return guarded.status(published.snapshot());
    }

    private MeterSource meters(GuardCounters counters) {
        return MeterSource.of(
                published.snapshot(), published.status(this, counters, AwakeTime.nanoTime()), counters.shed());
    }

    @Override
    public void close() {
        rehearsal.end("the guard stops");
        published.live(false);
        policy.setEnabled(false);
        sampler.close();
        io.close();
        cycle.close();
        probes.close();
    }
}
