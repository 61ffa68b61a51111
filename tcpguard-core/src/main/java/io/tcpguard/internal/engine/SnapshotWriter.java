/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.ListenerState;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest snapshot: the same object while nothing changed, so that a quiet guard allocates nothing. One thread at a
 * time.
 */
final class SnapshotWriter {
    private GuardSnapshot snapshot;

    SnapshotWriter(long now) {
        snapshot = GuardSnapshot.starting(now);
    }

    GuardSnapshot snapshot() {
        return snapshot;
    }

    @SuppressWarnings("ReferenceEquality") // all parts are reused while they don't change
    GuardSnapshot write(
            List<Watch> watches,
            List<ListenerWatch> listeners,
            Level level,
            @Nullable Signal leading,
            String why,
            Capacity capacity,
            Verdict verdict,
            RefusalCounters.@Nullable Reason refusal,
            boolean requestsStalled,
            boolean resetsOnly,
            Trend trend,
            boolean rehearsal,
            long now) {
        boolean same = level == snapshot.level()
                && leading == snapshot.leading()
                && why.equals(snapshot.reason())
                && capacity == snapshot.capacity()
                && verdict == snapshot.verdict()
                && refusal == snapshot.refusal()
                && requestsStalled == snapshot.requestsStalled()
                && resetsOnly == snapshot.resetsOnly()
                && rehearsal == snapshot.rehearsal()
                && trend == snapshot.trend()
                && listeners.size() == snapshot.listeners().size()
                && watches.size() == snapshot.signals().size();
        for (int i = 0; same && i < watches.size(); i++) {
            same = watches.get(i).state() == snapshot.signals().get(i);
        }
        for (int i = 0; same && i < listeners.size(); i++) {
            same = listeners.get(i).state() == snapshot.listeners().get(i);
        }
        if (same) {
            return snapshot;
        }
        List<SignalState> states = new ArrayList<>(watches.size());
        for (Watch watch : watches) {
            states.add(watch.state());
        }
        List<ListenerState> listenerStates = new ArrayList<>(listeners.size());
        for (ListenerWatch listener : listeners) {
            listenerStates.add(listener.state());
        }
        snapshot = new GuardSnapshot(
                level,
                leading,
                why,
                capacity,
                verdict,
                refusal == null ? Admission.ADMIT : Admission.RESPOND,
                refusal,
                requestsStalled,
                resetsOnly,
                trend,
                listenerStates,
                states,
                level == snapshot.level() ? snapshot.levelSinceNanos() : now,
                rehearsal);
        return snapshot;
    }
}
