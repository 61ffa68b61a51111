/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.ListenerCondition;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server whose descriptors are counted, under the shipped engine and policy. Its acceptor takes one connection at a
 * time out of the accept queue, and holds it in hand while the policy says that it should wait.
 */
final class SimulatedServer {
    private static final int AT_REST = 20;

    /** As the guarded connector asks for. */
    private static final int BACKLOG = 4096;

    private static final long SECOND = 1_000_000_000L;

    private final long limit;
    private final Engine engine;
    private final AdmissionPolicy policy;
    private final AcceptQueueTimer room;
    private final Probe queueProbe;
    private final Watch descriptors;
    private final Watch queueWatch;
    private final List<Watch> watches;
    private final List<ListenerWatch> listeners;
    private final Set<SimulatedClient> connected = new LinkedHashSet<>();
    private final Queue<SimulatedClient> queue = new ArrayDeque<>();
    private @Nullable SimulatedClient inHand;
    private long accepted;
    /** What wlc compares: active entries by weight. */
    double cost;

    /** Entries that the director still counts after a reset, for a quarter of an hour. */
    int phantoms;

    /** Whether the director reads the weight. */
    boolean weighed = true;

    long refusals;
    int leaked;
    long peak;
    int longestQueue;

    SimulatedServer(long limit) {
        this.limit = limit;
        GuardConfig config = GuardConfig.defaults();
        engine = new Engine(config, 0);
        policy = new AdmissionPolicy(
                config,
                this::descriptors,
                engine::snapshot,
                new CoarseClock(0),
                new RefusalCounters(),
                new ResetBudget(config, () -> true, 0),
                0);
        policy.setEnabled(true);
        room = new AcceptQueueTimer(config.nanos(Setting.QUEUE_WAIT), policy::queueWaitNanos, () -> accepted);
        queueProbe = room.watch(new QueueProbe());
        descriptors = new Watch(Signal.DESCRIPTORS, "", config);
        queueWatch = new Watch(Signal.ACCEPT_QUEUE, "http", config);
        watches = List.of(descriptors, queueWatch);
        listeners = List.of(new ListenerWatch("http", new Acceptor(), queueWatch, config, 0));
    }

    private long descriptors() {
        return (long) AT_REST + connected.size() + leaked + (inHand == null ? 0 : 1);
    }

    GuardSnapshot sample(long now) {
        descriptors.read(new Reading.Measured(Signal.DESCRIPTORS, Math.min(limit, descriptors()), limit));
        queueWatch.read(queueProbe.read(now));
        GuardSnapshot snapshot =
                engine.step(watches, listeners, policy.connections(), policy.shedWithin(SECOND, now), null, 0, now);
        policy.sampled(snapshot.capacity(), snapshot.level(), now);
        peak = Math.max(peak, descriptors());
        reckon();
        return snapshot;
    }

    AdmissionPolicy policy() {
        return policy;
    }

    GuardSnapshot snapshot() {
        return engine.snapshot();
    }

    /**
     * The handshake; the client hears by {@link SimulatedClient#admitted} or {@link SimulatedClient#refused} what
     * becomes of it.
     */
    void connect(SimulatedClient client, long now) {
        if (queue.size() > BACKLOG) {
            client.refused();
            return;
        }
        queue.add(client);
        longestQueue = Math.max(longestQueue, queue.size());
        accept(now);
    }

    /** What the acceptor does until its queue is empty, or the one in hand has to wait. */
    void accept(long now) {
        while (inHand != null || !queue.isEmpty()) {
            if (inHand == null) {
                inHand = queue.remove();
                accepted++;
                peak = Math.max(peak, descriptors());
            }
            Admission decision = policy.accept(
                    inHand.address, false, listeners.get(0).state().refusal(), null, room, accepted, () -> true, now);
            if (decision == Admission.WAIT) {
                break;
            }
            SimulatedClient client = inHand;
            inHand = null;
            carryOut(decision, client, now);
        }
        reckon();
    }

    private void carryOut(Admission decision, SimulatedClient client, long now) {
        if (decision == Admission.ADMIT) {
            connected.add(client);
            client.admitted(policy.open(client.address, how -> client.cut()), now);
            return;
        }
        refusals++;
        if (decision == Admission.RESET) {
            phantoms++;
        }
        client.refused();
    }

    void closed(SimulatedClient client, ConnectionHandle handle) {
        if (connected.remove(client)) {
            handle.closed();
            reckon();
        }
    }

    private void reckon() {
        cost = (double) (connected.size() + queue.size() + (inHand == null ? 0 : 1) + phantoms)
                / (weighed ? Math.max(1, snapshot().verdict().weight()) : 100);
    }

    /** The director dropped all packets of a removed server: its clients have timed out, in the queue too. */
    void forgotten() {
        List<SimulatedClient> all =
                Stream.concat(connected.stream(), queue.stream()).toList();
        accepted += queue.size();
        queue.clear();
        all.forEach(SimulatedClient::cut);
    }

    private final class QueueProbe implements Probe {
        @Override
        public Signal signal() {
            return Signal.ACCEPT_QUEUE;
        }

        @Override
        public Reading read(long nowNanos) {
            return new Reading.Measured(Signal.ACCEPT_QUEUE, queue.size(), BACKLOG);
        }

        @Override
        public void close() {}
    }

    private final class Acceptor implements ListenerCondition {
        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public long accepts() {
            return accepted;
        }
    }
}
