/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.admission.StalledRequestReaper;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.io.HealthStatus;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.probe.VirtualAwakeTime;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.internal.sampling.ControlledListener;
import io.tcpguard.internal.sampling.ExecutorDelayProbe;
import io.tcpguard.internal.sampling.GuardedProbe;
import io.tcpguard.internal.sampling.ListenerConnections;
import io.tcpguard.internal.sampling.NoMemoryLimit;
import io.tcpguard.internal.sampling.ProbeTaskPace;
import io.tcpguard.internal.sampling.ProcessConnections;
import io.tcpguard.internal.sampling.Rehearsal;
import io.tcpguard.internal.sampling.SampleTurn;
import io.tcpguard.internal.sampling.SamplingCycle;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All parts of a guard that decide, put together as {@link GuardRuntime} does, without threads, sockets and the real
 * kernel.
 */
public final class SteppedGuard {
    /** A listener under guard, as its adapter asks the guard. */
    public record Door(
            ListenerControl control,
            ListenerWatch watch,
            ListenerSlots slots,
            AcceptQueueTimer timer,
            ExecutorDelayProbe probe,
            Runnable close) {}

    private final GuardConfig config;
    private final VirtualAwakeTime time;
    private final PublishedSnapshot published;
    private final AdmissionPolicy policy;
    private final RefusalCounters shed = new RefusalCounters();
    private final Engine engine;
    private final SamplingCycle cycle;
    private final ProcessConnections connections;
    private final StalledRequestReaper stalledRequests;
    private final List<ListenerControl> controls = new CopyOnWriteArrayList<>();
    private final SampleTurn turn;
    private final TransitionFanout fanout = new TransitionFanout(Runnable::run);
    private final ProbeTaskPace pace = new ProbeTaskPace();

    /**
     * @param count descriptors open now; negative: not known
     * @param descriptors reads them for the sampler
     * @param refusalsHeld refused connections that wait for their end
     * @param directorChecks whether a balancer that counts connections checks
     */
    public SteppedGuard(
            GuardConfig config,
            VirtualAwakeTime time,
            LongSupplier count,
            Probe descriptors,
            IntSupplier refusalsHeld,
            BooleanSupplier directorChecks) {
        this.config = config;
        this.time = time;
        long now = time.nanoTime();
        published = new PublishedSnapshot(config, now);
        ResetBudget resets = new ResetBudget(config, directorChecks, now);
        policy = new AdmissionPolicy(config, count, published::snapshot, new CoarseClock(now), shed, resets, now);
        stalledRequests = new StalledRequestReaper(config, shed, resets);
        engine = new Engine(config, now);
        Rehearsal rehearsal = new Rehearsal(config.share(Setting.ELEVATED_AT));
        cycle = new SamplingCycle(config, engine, policy, () -> 0, refusalsHeld, time::lost, rehearsal);
        cycle.add(new GuardedProbe(descriptors, new Watch(Signal.DESCRIPTORS, "", config), false));
        connections = new ProcessConnections(config, policy, engine, NoMemoryLimit.processMemory(), rehearsal);
        cycle.add(new GuardedProbe(connections, new Watch(Signal.CONNECTIONS, "", config), false));
        published.publish(cycle.runOnce(now), now);
        turn = new SampleTurn(this::round, now);
        published.seenBy(new SignalAvailability(turn, controls));
        time.lookedAtEvery(config.nanos(Setting.SAMPLE_PERIOD));
        published.live(true);
        policy.setEnabled(true);
    }

    private void round(long now) {
        GuardSnapshot before = published.snapshot();
        GuardSnapshot after = cycle.runOnce(now);
        published.publish(after, now);
        if (before.level() != after.level()
                || before.verdict().up() != after.verdict().up()) {
            fanout.publish(before, after);
        }
        stalledRequests.sampled(after, now);
    }

    /** As {@link GuardedListeners#listen}. */
    public Door listen(String name, Probe queueProbe, ListenerControl control, Executor pool) {
        Watch queue = new Watch(Signal.ACCEPT_QUEUE, name, config);
        ListenerSlots slots = policy.newListener();
        AcceptQueueTimer timer = new AcceptQueueTimer(
                longestWait(), policy::queueWaitNanos, slots.counts().accepts()::sum);
        GuardedProbe probe = new GuardedProbe(timer.watch(queueProbe), queue, false);
        ListenerWatch watch = new ListenerWatch(
                name, new ControlledListener(name, control, slots.counts()), queue, config, time.nanoTime());
        ListenerConnections held = connections.of(control, slots);
        GuardedProbe heldProbe = new GuardedProbe(held, new Watch(Signal.CONNECTIONS, name, config), false);
        heldProbe.read(time.nanoTime());
        connections.add(held);
        cycle.add(heldProbe);
        cycle.add(probe, watch);
        LongSupplier lateMillis = watch::lateMillis;
        stalledRequests.add(control, lateMillis);
        controls.add(control);
        ExecutorDelayProbe delay = new ExecutorDelayProbe(pool, config.nanos(Setting.MAX_WORK_DELAY), pace, time);
        Watch work = new Watch(Signal.WORK_DELAY, name, delay::returned, config);
        GuardedProbe workProbe = new GuardedProbe(delay, work, false);
        cycle.add(workProbe);
        watch.servedBy(work);
        return new Door(control, watch, slots, timer, delay, () -> {
            stalledRequests.remove(control, lateMillis);
            controls.remove(control);
            cycle.remove(probe);
            cycle.remove(heldProbe);
            connections.remove(held);
            policy.forget(slots);
            watch.notServedBy(work);
            cycle.remove(workProbe);
        });
    }

    /** Watches one signal more. */
    public void watch(Probe probe) {
        cycle.add(new GuardedProbe(probe, new Watch(probe.signal(), "", config), true));
    }

    public long longestWait() {
        return Math.min(config.nanos(Setting.QUEUE_WAIT), config.nanos(Setting.STALLED_AFTER) / 2);
    }

    /** The sampler's turn. Throws what the sample throws. */
    public void sample() {
        turn.take(time.nanoTime());
    }

    /** A sample that is late is taken here. Never throws. */
    public void renewIfLate() {
        published.renewIfLate(time.nanoTime());
    }

    /** What a check is told. */
    public HealthStatus check() {
        GuardSnapshot told = published.told(time.nanoTime());
        return HealthStatus.of(told, published.staleForHealth(time.nanoTime()));
    }

    public void drain(@Nullable String reason) {
        published.drain(reason);
        cycle.drain(reason);
    }

    public void add(GuardListener listener) {
        fanout.add(listener);
    }

    public boolean stale() {
        return published.staleAt(time.nanoTime());
    }

    public AdmissionPolicy policy() {
        return policy;
    }

    public GuardSnapshot snapshot() {
        return published.snapshot();
    }

    public RefusalCounters shed() {
        return shed;
    }
}
