/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.admission.StalledRequestReaper;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.linux.LinuxProbes;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.sampling.ControlledListener;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.ListenerConnections;
import io.tcpguard.internal.sampling.ProcessConnections;
import io.tcpguard.internal.sampling.SampleRest;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.internal.sampling.WatchedExecutors;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.ListenerStatus;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners under guard: each part of the guard is told of a listener, and of its end. Any thread. */
final class GuardedListeners {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");

    private final GuardConfig config;
    private final PublishedSnapshot published;
    private final GuardCounters counters;
    private final LinuxProbes probes;
    private final AdmissionPolicy policy;
    private final IoThread io;
    private final SamplingCycle cycle;
    private final ProcessConnections connections;
    private final WatchedExecutors work;
    private final StalledRequestReaper stalledRequests;
    private final List<ListenerControl> controls;
    private final BoundPorts ports;
    private final SampleRest rest;
    private final ListenerFigures all = new ListenerFigures();

    /** @param controls each listener's is among them while it is guarded */
    GuardedListeners(
            GuardConfig config,
            PublishedSnapshot published,
            GuardCounters counters,
            LinuxProbes probes,
            AdmissionPolicy policy,
            IoThread io,
            SamplingCycle cycle,
            ProcessConnections connections,
            WatchedExecutors work,
            StalledRequestReaper stalledRequests,
            List<ListenerControl> controls,
            BoundPorts ports,
            SampleRest rest) {
        this.config = config;
        this.published = published;
        this.counters = counters;
        this.probes = probes;
        this.policy = policy;
        this.io = io;
        this.cycle = cycle;
        this.connections = connections;
        this.work = work;
        this.stalledRequests = stalledRequests;
        this.controls = controls;
        this.ports = ports;
        this.rest = rest;
    }

    GuardedListener listen(String name, int port, ListenerControl control) {
        sayIfOwn(name, port, Setting.HEALTH_PORT, io.healthPort());
        sayIfOwn(name, port, Setting.AGENT_PORT, io.agentPort());
        // Asked first: if it throws, nothing is registered yet.
        int backlog = control.backlog();
        boolean asksForEach = control.asksForEach();
        boolean anyPort = control.anyPort();
        Watch queue = new Watch(Signal.ACCEPT_QUEUE, name, config);
        ListenerSlots slots = policy.newListener();
        AcceptQueueTimer room = new AcceptQueueTimer(
                longestWait(), policy::queueWaitNanos, slots.counts().accepts()::sum);
        GuardedProbe probe = new GuardedProbe(room.watch(probes.acceptQueue(port, backlog, room::inUse)), queue, false);
        // A connector that starts again is registered anew before its former registration ends: each removes its own
        // only.
        BoundPorts.Bound bound = ports.add(name, port, anyPort);
        ListenerWatch watch = new ListenerWatch(
                name, new ControlledListener(name, control, slots.counts()), queue, config, AwakeTime.nanoTime());
        ListenerFigures.Figures figures =
                new ListenerFigures.Figures(name, slots, watch, new WaitTimes(counters.waits()));
        ListenerConnections held = connections.of(control, slots);
        GuardedProbe heldProbe = new GuardedProbe(
                held, asksForEach ? new Watch(Signal.CONNECTIONS, name, config) : Watch.ofUnasked(name, config), false);
        // From the first connection on.
        heldProbe.read(AwakeTime.nanoTime());
        connections.add(held);
        cycle.add(heldProbe);
        cycle.add(probe, watch);
        LongSupplier lateMillis = watch::lateMillis;
        stalledRequests.add(control, lateMillis);
        controls.add(control);
        all.add(figures);
        rest.end();
        return new GuardedSocket(
                policy,
                io,
                watch,
                published::staleAt,
                control::canAnswer,
                slots,
                room,
                counters.waited(),
                figures.waits(),
                (executorName, executor) -> work.watch(executorName, executor, watch),
                rest::end,
                () -> {
                    stalledRequests.remove(control, lateMillis);
                    controls.remove(control);
                    all.remove(figures);
                    ports.remove(name, bound);
                    cycle.remove(probe);
                    cycle.remove(heldProbe);
                    connections.remove(held);
                    policy.forget(slots);
                    rest.end();
                });
    }

    /** As a rule its server has not bound it yet, will fail, and blames another process. */
    private static void sayIfOwn(String name, int port, Setting setting, int own) {
        if (port > 0 && port == own) {
            LOG.warn(
                    "{} can't be bound to port {} if the guard's own listener has that port at the same address: "
                            + "{}={}. Give one of them another",
                    name,
                    port,
                    setting.key(),
                    own);
        }
    }

    /** The listeners in figures, in the order of their names. */
    List<ListenerStatus> status(GuardSnapshot snapshot) {
        return all.status(snapshot);
    }

    /** For so long a new connection waits at most: an acceptor that holds one in hand for longer would look dead. */
    long longestWait() {
        return Math.min(config.nanos(Setting.QUEUE_WAIT), config.nanos(Setting.STALLED_AFTER) / 2);
    }
}
