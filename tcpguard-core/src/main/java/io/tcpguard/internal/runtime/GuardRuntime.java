/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.advisor.Listening;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ListenerPlaces;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.admission.StalledRequestReaper;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.linux.PeerTable;
import io.tcpguard.internal.linux.SocketCensus;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.report.AdvisorReports;
import io.tcpguard.internal.report.DiagnosticsTask;
import io.tcpguard.internal.report.Incidents;
import io.tcpguard.internal.report.MissingLog;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.internal.report.TransitionLog;
import io.tcpguard.internal.sampling.ControlledListener;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.ListenerConnections;
import io.tcpguard.internal.sampling.MemoryCeiling;
import io.tcpguard.internal.sampling.ProcessConnections;
import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.internal.sampling.SamplerThread;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.internal.sampling.WatchedExecutors;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    /** After a new connection was refused or took another's place. */
    private static final long SCARCE_FOR = TimeUnit.SECONDS.toNanos(5);

    private static final long CENSUS_BUDGET = TimeUnit.SECONDS.toNanos(1);

    private final GuardConfig config;
    private final PublishedSnapshot published;
    private final GuardCounters counters;
    private final LinuxProbes probes;
    private final AdmissionPolicy policy;
    private final StalledRequestReaper standstills;
    private final @Nullable PeerLook peers;
    private final AdvisorReports counsel;
    private final Incidents incidents;
    private final IoThread io;
    private final SamplingCycle cycle;
    private final ProcessConnections connections;
    private final TransitionFanout fanout;
    private final TransitionLog log = new TransitionLog();
    private final SamplerThread sampler;
    private final SignalAvailability sight;
    private final WatchedExecutors work;
    private final Map<String, BoundPort> ports = new ConcurrentHashMap<>();

    /** One registration's; equal to no other's. */
    private static final class BoundPort {
        final int number;

        BoundPort(int number) {
            this.number = number;
        }
    }

    private GuardRuntime(
            GuardConfig config,
            PublishedSnapshot published,
            GuardCounters counters,
            List<GuardListener> listeners,
            LinuxProbes probes) {
        long now = AwakeTime.nanoTime();
        this.config = config;
        this.published = published;
        this.counters = counters;
        this.probes = probes;
        SocketCensus sockets = probes.census();
        DiagnosticsTask slowLook = new DiagnosticsTask(
                sockets::take,
                sockets::takeWithHalfOpen,
                probes::counts,
                counters::connectsWithoutPort,
                AwakeTime::nanoTime,
                remark -> LOG.warn("tcpguard: {}", remark));
        // For checks that only connect, as keepalived's TCP_CHECK does.
        boolean connects = config.flag(Setting.CLOSE_HEALTH_WHEN_DOWN);
        ResetBudget resets = new ResetBudget(config, () -> connects || directorChecks(), now);
        policy = new AdmissionPolicy(
                config,
                probes.descriptors()::used,
                published::snapshot,
                new CoarseClock(now),
                counters.shed(),
                resets,
                now);
        standstills = new StalledRequestReaper(config, counters.shed(), resets);
        PeerTable table = config.flag(Setting.RECLAIM) ? probes.peers() : null;
        peers = table == null
                ? null
                : new PeerLook(table, this::portNumbers, at -> policy.shedWithin(SCARCE_FOR, at), now);
        probes.reckonWith(policy::connections);
        probes.believeOfPorts(counters::connectsWithoutPort);
        counsel = new AdvisorReports();
        incidents = new Incidents(
                counters.shed(),
                counters.waited()::sum,
                published::snapshot,
                published::meant,
                probes::counts,
                () -> Stream.concat(slowLook.remarks().stream(), policy.sources(AwakeTime.nanoTime()).stream())
                        .toList(),
                counsel::findings);
        HealthView view = new HealthView(
                published, policy, counsel, incidents, slowLook, this::queueWaitNanos, counters.waited()::sum);
        io = IoThread.open(config, view, probes.descriptorsThatMayBe(), AwakeTime::nanoTime);
        try {
            Engine engine = new Engine(config, now);
            cycle = cycle(engine);
            connections = new ProcessConnections(
                    config,
                    policy,
                    engine,
                    MemoryCeiling.ofHeap(Runtime.getRuntime().maxMemory()));
            cycle.add(new GuardedProbe(connections, new Watch(Signal.CONNECTIONS, "", config), false));
            work = new WatchedExecutors(config, cycle, () -> published.staleAt(AwakeTime.nanoTime()));
            fanout = new TransitionFanout(io::execute);
            fanout.add(incidents::record);
            listeners.forEach(fanout::add);
            PathPreload.play(config, probes::counts);
            published.publish(cycle.runOnce(now), now);
            // Asking first, the first look loads all that later ones need, while there are descriptors for it.
            slowLook.background(published.trend());
            slowLook.look(published.snapshot());
            SampleTurn turn = new SampleTurn(
                    new SamplerRound(
                            cycle,
                            published,
                            fanout,
                            log,
                            counsel,
                            incidents,
                            this::listening,
                            standstills,
                            slowLook,
                            peers,
                            io::execute),
                    now);
            sight = new SignalAvailability(turn);
            published.seenBy(sight);
            long period = config.nanos(Setting.SAMPLE_PERIOD);
            AwakeTime.lookedAtEvery(period);
            sampler = new SamplerThread(period, time -> {
                turn.take(time);
                io.reviveIfDead();
            });
            view.watchOver(sampler);
        } catch (RuntimeException | Error e) {
            // A health port that is bound and never served would be "up" to a check that only connects.
            io.close();
            throw e;
        }
    }

    /** Whether one who balances by counting connections checks this server. */
    private boolean directorChecks() {
        return io.checkers().anyCountsConnections();
    }

    private SamplingCycle cycle(Engine engine) {
        SamplingCycle made = new SamplingCycle(
                config, engine, policy, io.checkers()::observedIntervalNanos, io::deskSize, AwakeTime::lostNanos);
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
        counsel.adviseAtStart();
        probes.flagForExactQueues()
                .ifPresent(flag -> LOG.info("Accept queues are read once a second; exact ones want {}", flag));
    }

    @Override
    public boolean running() {
        return true;
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        Watch queue = new Watch(Signal.ACCEPT_QUEUE, name, config);
        ListenerPlaces places = policy.newListener();
        AcceptQueueTimer room = new AcceptQueueTimer(
                longestWait(), policy::queueWaitNanos, places.counts().accepts()::sum);
        GuardedProbe probe =
                new GuardedProbe(room.watch(probes.acceptQueue(port, control.backlog(), room::inUse)), queue, false);
        // A connector that starts again is registered anew before its former registration ends: each removes its own
        // only.
        BoundPort bound = new BoundPort(port);
        ports.put(name, bound);
        ListenerWatch watch = new ListenerWatch(
                name, new ControlledListener(name, control, places.counts()), queue, config, AwakeTime.nanoTime());
        ListenerConnections held = new ListenerConnections(control, places);
        GuardedProbe heldProbe = new GuardedProbe(
                held,
                control.asksForEach() ? new Watch(Signal.CONNECTIONS, name, config) : Watch.ofUnasked(name, config),
                false);
        // From the first connection on.
        heldProbe.read(AwakeTime.nanoTime());
        connections.add(held);
        cycle.add(heldProbe);
        cycle.add(probe, watch);
        standstills.add(control, watch::lateMillis);
        sight.add(control);
        if (peers != null) {
            peers.add(control);
        }
        return new GuardedSocket(
                policy,
                io,
                watch,
                published::staleAt,
                control::canAnswer,
                places,
                room,
                counters.waited(),
                (executorName, executor) -> work.watch(executorName, executor, watch),
                () -> {
                    standstills.remove(control);
                    sight.remove(control);
                    if (peers != null) {
                        peers.remove(control);
                    }
                    ports.remove(name, bound);
                    cycle.remove(probe);
                    cycle.remove(heldProbe);
                    connections.remove(held);
                    policy.forget(places);
                });
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        return work.watch(name, executor, null)::close;
    }

    @Override
    public void drain(@Nullable String reason) {
        cycle.drain(reason);
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
        return Math.min(longestWait(), policy.queueWaitNanos());
    }

    /** An acceptor that holds one in hand for longer would look dead. */
    private long longestWait() {
        return Math.min(config.nanos(Setting.QUEUE_WAIT), config.nanos(Setting.STALLED_AFTER) / 2);
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
        List<Listening> listeners = new ArrayList<>();
        GuardSnapshot snapshot = published.snapshot();
        for (SignalState state : snapshot.signals()) {
            BoundPort port = ports.get(state.source());
            if (port != null
                    && state.reading() instanceof Reading.Measured queue
                    && queue.signal() == Signal.ACCEPT_QUEUE) {
                listeners.add(Listening.inForce(state.source(), port.number, queue.limit()));
            }
        }
        return listeners;
    }

    private Collection<Integer> portNumbers() {
        return ports.values().stream().map(port -> port.number).toList();
    }

    @Override
    public void close() {
        published.live(false);
        policy.setEnabled(false);
        sampler.close();
        io.close();
        cycle.close();
        probes.close();
    }
}
