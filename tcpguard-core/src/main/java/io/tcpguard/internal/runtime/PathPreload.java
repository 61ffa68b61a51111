/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static java.util.Objects.requireNonNull;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerCondition;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.report.Incidents;
import io.tcpguard.internal.report.TransitionFanout;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays an exhaustion from NORMAL to DRAIN and back through a second engine and policy, in virtual time, before the
 * first sample: a class that is first needed when no descriptor is left can't be loaded any more.
 */
public final class PathPreload {
    private static final Logger LOG = LoggerFactory.getLogger(PathPreload.class);
    private static final long LIMIT = 1024;
    private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();

    private final GuardConfig config;
    private final Supplier<TcpCounts> counts;
    private final AtomicLong used = new AtomicLong();
    private final Engine engine;
    private final AdmissionPolicy policy;
    private final List<Watch> watches;
    private final List<ListenerWatch> listeners;
    private final List<Transition> transitions = new ArrayList<>();
    private long waiting;
    private long now;

    private PathPreload(GuardConfig config, Supplier<TcpCounts> counts) {
        this.counts = counts;
        this.config = config;
        engine = new Engine(config, 0);
        policy = new AdmissionPolicy(
                config,
                used::get,
                engine::snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        Watch queue = new Watch(Signal.ACCEPT_QUEUE, "rehearsal", config);
        watches = List.of(
                new Watch(Signal.DESCRIPTORS, "", config), queue, new Watch(Signal.WORK_DELAY, "rehearsal", config));
        listeners = List.of(new ListenerWatch("rehearsal", new ServingListener(), queue, config, 0));
    }

    public static void play(GuardConfig config, Supplier<TcpCounts> counts) {
        List<String> missing = ClassPreload.load();
        if (!missing.isEmpty()) {
            LOG.debug("not warm: {}", missing);
        }
        PathPreload rehearsal = new PathPreload(config, counts);
        rehearsal.policy.setEnabled(true);
        rehearsal.flood();
        rehearsal.sit();
        rehearsal.stall();
        rehearsal.calm();
        rehearsal.tell();
    }

    /** The way of a transition to its listeners, and of an episode into words. */
    private void tell() {
        TransitionFanout fanout = new TransitionFanout(Runnable::run);
        RefusalCounters shed = new RefusalCounters();
        Incidents incidents =
                new Incidents(shed, () -> 0, engine::snapshot, counts, () -> List.of("rehearsal"), List::of);
        fanout.add(incidents::record);
        for (Transition t : transitions) {
            // Without a refusal the words for refusals would not be loaded.
            shed.count(RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
            fanout.publish(t.before(), t.after());
            policy.sources(now);
            incidents.page(false);
            incidents.page(true);
        }
    }

    private void open() {
        AtomicReference<ConnectionHandle> handle = new AtomicReference<>();
        ConnectionHandle opened =
                policy.open(CLIENT, how -> requireNonNull(handle.get()).closed());
        handle.set(opened);
        opened.touch();
    }

    private void flood() {
        for (long descriptors = 100; descriptors <= LIMIT; descriptors += 50) {
            step(descriptors, 0);
            if (policy.accept(CLIENT, false, now) == Admission.ADMIT) {
                open();
            }
        }
    }

    /** Clients stay until they are idle, and nobody can be accepted who would take their slots. */
    private void sit() {
        int sitting = policy.connections();
        waiting = 1;
        for (int i = 0; i < 60 && policy.connections() == sitting; i++) {
            step(LIMIT, 0);
        }
        waiting = 0;
    }

    private void stall() {
        for (int i = 0; i < 5; i++) {
            step(LIMIT, TimeUnit.NANOSECONDS.toMillis(2 * config.nanos(Setting.STALLED_AFTER)));
            policy.accept(CLIENT, false, now);
        }
    }

    private void calm() {
        for (int i = 0; i < 5; i++) {
            now += config.nanos(Setting.DWELL) + TimeUnit.SECONDS.toNanos(60);
            step(100, 0);
        }
    }

    private GuardSnapshot step(long descriptors, long delayMillis) {
        now += TimeUnit.SECONDS.toNanos(1);
        used.set(descriptors);
        long maxDelay = Math.max(1, TimeUnit.NANOSECONDS.toMillis(config.nanos(Setting.MAX_WORK_DELAY)));
        watches.get(0).read(new Reading.Measured(Signal.DESCRIPTORS, descriptors, LIMIT));
        watches.get(1).read(new Reading.Measured(Signal.ACCEPT_QUEUE, waiting, 100));
        watches.get(2).read(new Reading.Measured(Signal.WORK_DELAY, delayMillis, maxDelay));
        GuardSnapshot before = engine.snapshot();
        GuardSnapshot snapshot = engine.step(watches, listeners, policy.connections(), false, null, 0, now);
        policy.sampled(snapshot.capacity(), snapshot.level(), now);
        if (before.level() != snapshot.level()) {
            transitions.add(new Transition(before, snapshot));
        }
        return snapshot;
    }

    /** Accepts all the time. */
    private final class ServingListener implements ListenerCondition {
        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public long accepts() {
            return now;
        }
    }
}
