package io.tcpguard.simulation;

import io.tcpguard.admission.ConnectionHandle;
import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Shed;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A server whose descriptors are counted, under the shipped engine and policy. */
final class SimulatedServer {
    private static final int AT_REST = 20;

    private final long limit;
    private final Engine engine;
    private final AdmissionPolicy policy;
    private final Watch descriptors;
    private final Set<SimulatedClient> connected = new LinkedHashSet<>();
    private final Shed shed = new Shed();
    private int newcomer;
    /** Entries that the director still counts after a reset, for a quarter of an hour. */
    private int phantoms;
    /** What wlc compares: active entries by weight. */
    double cost;

    int leaked;
    long peak;

    SimulatedServer(long limit) {
        this.limit = limit;
        GuardConfig config = GuardConfig.defaults();
        engine = new Engine(config, 0);
        policy = new AdmissionPolicy(config, this::descriptors, engine::snapshot, new CoarseClock(0), shed, 0);
        policy.setOpenForDecisions(true);
        descriptors = new Watch(Signal.DESCRIPTORS, "", config);
    }

    private long descriptors() {
        return (long) AT_REST + connected.size() + leaked + newcomer;
    }

    GuardSnapshot sample(long now) {
        descriptors.read(new Reading.Measured(Signal.DESCRIPTORS, Math.min(limit, descriptors()), limit));
        GuardSnapshot snapshot = engine.step(
                List.of(descriptors),
                List.of(),
                policy.connections(),
                policy.shedWithin(1_000_000_000L, now),
                null,
                0,
                now);
        policy.sampled(snapshot.capacity(), snapshot.level(), now);
        peak = Math.max(peak, descriptors());
        reckon();
        return snapshot;
    }

    GuardSnapshot snapshot() {
        return engine.snapshot();
    }

    int connections() {
        return connected.size();
    }

    /** A handle if the connection was let in; null if it was refused. */
    @Nullable ConnectionHandle connect(SimulatedClient client, long now) {
        newcomer = 1;
        Admission decision = policy.accept(null, false, now);
        newcomer = 0;
        if (decision == Admission.ADMIT) {
            connected.add(client);
            reckon();
            return policy.open(null, how -> client.cut());
        }
        if (decision == Admission.RESET) {
            phantoms++;
            reckon();
        }
        return null;
    }

    void closed(SimulatedClient client, ConnectionHandle handle) {
        if (connected.remove(client)) {
            handle.closed();
            reckon();
        }
    }

    private void reckon() {
        cost = (double) (connected.size() + phantoms)
                / Math.max(1, snapshot().verdict().weight());
    }

    /** The director drops all packets of a removed server: its clients time out. */
    List<SimulatedClient> clients() {
        return List.copyOf(connected);
    }
}
