/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Without a free descriptor accept(2) fails (EMFILE), and nobody comes in who could ask for an eviction: where a
 * limit was lowered below what is open, or others took all; the same where a connector's maxConnections fell. Idle
 * connections are evicted by themselves then, until one new connection can be accepted; with it admission goes on. Only
 * while somebody waits to be accepted, or that is not known, and never for a moment's want. Sampler thread; it meets
 * no acceptor at the lock of {@link Evictions}, since none gets there.
 */
final class NoneLeft {
    /** Files that are opened and closed again are no reason. */
    private static final long LASTS_FOR = TimeUnit.MILLISECONDS.toNanos(500);

    /** What one look permits at most: a late sampler has not seen what was between. */
    private static final long A_LOOK = TimeUnit.MILLISECONDS.toNanos(50);

    private final Supplier<GuardSnapshot> snapshots;
    private final Ceilings ceilings;
    private final List<ListenerSlots> listeners;
    private final Evictions evictions;
    private final boolean reclaim;
    private long lasted;
    private long sampledAt;

    NoneLeft(
            GuardConfig config,
            Supplier<GuardSnapshot> snapshots,
            Ceilings ceilings,
            List<ListenerSlots> listeners,
            Evictions evictions,
            long now) {
        this.listeners = listeners;
        this.snapshots = snapshots;
        this.ceilings = ceilings;
        this.evictions = evictions;
        reclaim = config.flag(Setting.RECLAIM);
        sampledAt = now;
    }

    /** Once a sample. */
    void sampled(boolean open, Capacity capacity, long now) {
        long step = Math.min(A_LOOK, now - sampledAt);
        sampledAt = now;
        Ceiling full = open && reclaim ? nobodyComesUnder(capacity) : null;
        if (full == null || !mayBeWaitedFor(snapshots.get().signals())) {
            lasted = 0;
            return;
        }
        lasted += step;
        if (lasted >= LASTS_FOR) {
            GuardSnapshot snapshot = snapshots.get();
            full.shed(now);
            evictions.makeUp(full, snapshot, ceilings.causeOf(full, snapshot), now);
        }
    }

    /**
     * Descriptors: where nothing is kept in reserve a full server is only full. A listener's limit that fell: its
     * server accepts nobody while so many are there.
     */
    private @Nullable Ceiling nobodyComesUnder(Capacity capacity) {
        if (capacity.reserve() > 0 && capacity.used() >= capacity.limit()) {
            return ceilings.descriptors();
        }
        for (int i = 0; i < listeners.size(); i++) {
            ListenerSlots listener = ListenerSlots.at(listeners, i);
            if (listener != null && listener.ceiling().excess() > SlotCeiling.MOST_BEYOND) {
                return listener.ceiling();
            }
        }
        return null;
    }

    private static boolean mayBeWaitedFor(List<SignalState> signals) {
        boolean known = false;
        for (int i = 0; i < signals.size(); i++) {
            Reading reading = signals.get(i).reading();
            if (reading.signal() == Signal.ACCEPT_QUEUE) {
                if (!(reading instanceof Reading.Measured m) || m.used() > 0) {
                    return true;
                }
                known = true;
            }
        }
        return !known;
    }
}
