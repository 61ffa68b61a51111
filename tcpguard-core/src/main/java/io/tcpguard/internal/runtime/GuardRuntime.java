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
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.report.ListenerThread;
import io.tcpguard.internal.report.MissingLog;
import io.tcpguard.internal.report.TransitionFanout;
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
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.CheckerStatus;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.ListenerStatus;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All parts of a running guard, put together: probes, engine, policy, reports, and the two threads. {@link #start}
 * opens everything, {@link #close} ends and closes it.
 */
public final class GuardRuntime implements RunState {
    private static final GuardLog LOG = GuardLog.of("io.tcpguard.TcpGuard");
    private static final long CENSUS_BUDGET = TimeUnit.SECONDS.toNanos(1);
    /** So long slots count as scarce after a new connection was refused or took another's slot. */
    private static final long SCARCE_FOR = TimeUnit.SECONDS.toNanos(5);

    private final PublishedSnapshot published;
    private final LinuxProbes probes;
    private final AdmissionPolicy policy;
    private final RuntimeReports reports;
    private final IoThread io;
    private final SamplingCycle cycle;
    private final Rehearsal rehearsal;
    private final TransitionFanout fanout;
    private final ListenerThread told = new ListenerThread();
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
            IntSupplier heldByOthers,
            LinuxProbes probes) {
        long now = AwakeTime.nanoTime();
        this.published = published;
        this.probes = probes;
        rehearsal = new Rehearsal(config.share(Setting.ELEVATED_AT));
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
        List<ListenerControl> controls = new CopyOnWriteArrayList<>();
        LongPredicate scarce = at -> policy.scarceWithin(SCARCE_FOR, at);
        PeerTable table = config.flag(Setting.RECLAIM) ? probes.peers() : null;
        GonePeerSweep peers = table == null ? null : new GonePeerSweep(table, controls, ports::numbers, scarce, now);
        BlockedWriteLook blockedWrites = new BlockedWriteLook(controls, scarce, AwakeTime::nanoTime);
        probes.reckonWith(policy::connections);
        probes.believeOfPorts(counters::connectsWithoutPort);
        reports = new RuntimeReports(published, counters, probes, policy, this::ownPorts, ports, now);
        HealthView view = new HealthView(
                published,
                policy,
                reports,
                this::queueWaitNanos,
                counters.waited()::sum,
                () -> MeterSource.of(
                        published.snapshot(), published.status(this, counters, AwakeTime.nanoTime()), counters.shed()));
        io = IoThread.open(config, view, probes.descriptorsThatMayBe(), AwakeTime::nanoTime);
        try {
            Engine engine = new Engine(config, now);
            cycle = CycleAssembly.of(config, engine, policy, io, heldByOthers, rehearsal, probes);
            cycle.drain(published.drainReason());
            long period = config.nanos(Setting.SAMPLE_PERIOD);
            rest = new SampleRest(
                    period, config.share(Setting.ELEVATED_AT), clock, cycle::activity, AwakeTime::nanoTime);
            published.restsBy(rest);
            ProcessMemory memory = ProcessMemory.of(probes.containerMemory());
            memory.watch(cycle, config);
            ProcessConnections connections = new ProcessConnections(config, policy, engine, memory, rehearsal);
            cycle.add(new GuardedProbe(connections, new Watch(Signal.CONNECTIONS, "", config), false));
            work = new WatchedExecutors(config, cycle, () -> published.staleAt(AwakeTime.nanoTime()));
            TransitionFanout recording = new TransitionFanout(io::execute);
            recording.add(reports.incidents()::record);
            fanout = new TransitionFanout(told);
            listeners.forEach(fanout::add);
            PathPreload.play(config, probes::counts);
            published.publish(cycle.runOnce(now), now);
            reports.first(published);
            SampleTurn turn = new SampleTurn(
                    new SamplerRound(
                            cycle,
                            published,
                            recording,
                            fanout,
                            counters,
                            Recordings.open(published.snapshot(), counters.shed(), counters.waited()::sum, now),
                            reports,
                            this::listening,
                            stalledRequests,
                            blockedWrites,
                            peers,
                            probes,
                            rest,
                            io::execute),
                    now);
            published.seenBy(new SignalAvailability(turn, controls));
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
                    controls,
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

    /** Of the guard itself. */
    private List<Integer> ownPorts() {
        return List.of(io.healthPort(), io.agentPort());
    }

    /** Whether one who balances by counting connections checks this server. */
    private boolean directorChecks() {
        return io.checkers().anyCountsConnections();
    }

    /**
     * Opens everything, takes the first sample, lets both threads run and decides from then on.
     *
     * @param listeners told of transitions from the first on
     * @param heldByOthers connections of other guards of this process
     * @throws IllegalStateException if the health port can't be bound; nothing stays open
     */
    public static GuardRuntime start(
            GuardConfig config,
            PublishedSnapshot published,
            GuardCounters counters,
            List<GuardListener> listeners,
            IntSupplier heldByOthers) {
        LinuxProbes probes = LinuxProbes.open();
        GuardRuntime opened;
        GuardLog.begin();
        try {
            opened = new GuardRuntime(config, published, counters, listeners, heldByOthers, probes);
        } catch (RuntimeException | Error e) {
            probes.close();
            GuardLog.end();
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
        told.start();
        io.start();
        sampler.start();
        policy.setEnabled(true);
        MissingLog.sayOnce();
        reports.log().started(published.snapshot(), idleFloorNanos(), queueWaitNanos(), healthPort());
        reports.advisor().adviseAtStart();
        probes.flagForExactQueues()
                .ifPresent(flag -> LOG.info("Accept queues are read once a second; exact ones want {}", flag));
        GuardLog.settle();
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
        return reports.incidents().text();
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

    @Override
    public void close() {
        rehearsal.end("the guard stops");
        published.live(false);
        policy.setEnabled(false);
        sampler.close();
        io.close();
        cycle.close();
        probes.close();
        told.close();
        GuardLog.end();
    }
}
