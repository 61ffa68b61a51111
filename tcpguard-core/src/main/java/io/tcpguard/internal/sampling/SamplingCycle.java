/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.state.GuardSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One cycle, without a thread: read, judge, hand over. The list of what is read may change between cycles from any
 * thread.
 */
public final class SamplingCycle {
    private static final long RECENTLY = TimeUnit.SECONDS.toNanos(1);

    /** Two rests, as exactly as a thread is woken. */
    private static final long AT_REST = 2 * SampleRest.PERIOD - SampleRest.PERIOD / 4;

    /** What is watched; replaced as a whole. */
    private record Watched(List<GuardedProbe> probes, List<Watch> watches, List<ListenerWatch> listeners) {}

    private final Engine engine;
    private final AdmissionPolicy policy;
    private final LongSupplier observedInterval;
    /** Refused connections that still wait for their answer hold descriptors, too, and are clients'. */
    private final IntSupplier refusedNow;

    /** Time in which the process did not run, in all. */
    private final LongSupplier lost;

    private long lostSoFar;
    private final long counterPeriod;
    private final Rehearsal rehearsal;
    private volatile Watched watched = new Watched(List.of(), List.of(), List.of());
    /** Read no more, and closed by the next cycle: one under way may still read them. */
    private final Queue<GuardedProbe> gone = new ConcurrentLinkedQueue<>();

    private volatile @Nullable String operator;
    private long countersReadAt;
    private boolean countersRead;

    public SamplingCycle(
            GuardConfig config,
            Engine engine,
            AdmissionPolicy policy,
            LongSupplier observedInterval,
            IntSupplier refusedNow,
            LongSupplier lost,
            Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
        this.lost = lost;
        lostSoFar = lost.getAsLong();
        this.engine = engine;
        this.policy = policy;
        this.observedInterval = observedInterval;
        this.refusedNow = refusedNow;
        this.counterPeriod = config.nanos(Setting.COUNTER_PERIOD);
    }

    public synchronized void add(GuardedProbe probe) {
        List<GuardedProbe> probes = new ArrayList<>(watched.probes);
        probes.add(probe);
        watch(probes, watched.listeners);
    }

    public synchronized void add(GuardedProbe queue, ListenerWatch listener) {
        List<GuardedProbe> probes = new ArrayList<>(watched.probes);
        probes.add(queue);
        List<ListenerWatch> listeners = new ArrayList<>(watched.listeners);
        listeners.add(listener);
        watch(probes, listeners);
    }

    public synchronized void remove(GuardedProbe probe) {
        List<GuardedProbe> probes = new ArrayList<>(watched.probes);
        probes.remove(probe);
        List<ListenerWatch> listeners = new ArrayList<>(watched.listeners);
        for (ListenerWatch listener : watched.listeners) {
            if (listener.queue() == probe.watch()) {
                // A cycle under way may have it still.
                listener.forget();
                listeners.remove(listener);
            }
        }
        watch(probes, listeners);
        gone.add(probe);
    }

    private void watch(List<GuardedProbe> probes, List<ListenerWatch> listeners) {
        probes.sort(Comparator.comparing((GuardedProbe p) -> p.watch().signal()));
        watched = new Watched(
                List.copyOf(probes), probes.stream().map(GuardedProbe::watch).toList(), List.copyOf(listeners));
    }

    public void drain(@Nullable String reason) {
        operator = reason;
    }

    public GuardSnapshot runOnce(long now) {
        return runOnce(now, false);
    }

    /**
     * One look at all that is watched.
     *
     * @param resting whether nothing goes on: then the machine's counters, which cost most, are read once a second at
     *     most
     */
    public GuardSnapshot runOnce(long now, boolean resting) {
        if (lost.getAsLong() != lostSoFar) {
            lostSoFar = lost.getAsLong();
            engine.paused(now);
        }
        closeThoseGone();
        rehearsal.beginCycle(now);
        Watched w = watched;
        boolean counters =
                !countersRead || now - countersReadAt >= (resting ? Math.max(counterPeriod, AT_REST) : counterPeriod);
        if (counters) {
            countersRead = true;
            countersReadAt = now;
        }
        for (int i = 0; i < w.probes.size(); i++) {
            GuardedProbe probe = w.probes.get(i);
            if (counters || !probe.counter()) {
                probe.read(now);
            }
        }
        rehearsal.play(w.watches);
        engine.rehearsal(rehearsal.marks());
        long own = (long) policy.connections() + refusedNow.getAsInt();
        for (int i = 0; i < w.listeners.size(); i++) {
            own += w.listeners.get(i).untrackedConnections()
                    + w.listeners.get(i).inHand();
        }
        GuardSnapshot snapshot = engine.step(
                w.watches,
                w.listeners,
                own,
                policy.shedWithin(RECENTLY, now),
                operator,
                observedInterval.getAsLong(),
                now);
        rehearsal.endCycle(w.watches, snapshot);
        policy.sampled(snapshot.capacity(), snapshot.level(), now);
        return snapshot;
    }

    /** Another number whenever somebody came to a listener or was served by it. Any thread. */
    public long activity() {
        List<ListenerWatch> listeners = watched.listeners;
        long sum = 0;
        for (int i = 0; i < listeners.size(); i++) {
            sum += listeners.get(i).activity();
        }
        return sum;
    }

    private void closeThoseGone() {
        for (GuardedProbe probe = gone.poll(); probe != null; probe = gone.poll()) {
            probe.close();
        }
    }

    public synchronized void close() {
        closeThoseGone();
        watched.probes.forEach(GuardedProbe::close);
        watched = new Watched(List.of(), List.of(), List.of());
    }
}
