/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.ListenerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is told of each guarded listener: connections, queue, waits, delay of its work. Any thread. */
final class ListenerFigures {

    /** One listener's sources. */
    record Figures(String name, ListenerSlots slots, ListenerWatch watch, WaitTimes waits) {

        private ListenerStatus status(GuardSnapshot snapshot) {
            Reading.Measured queue = null;
            for (var state : snapshot.signals()) {
                if (state.source().equals(name)
                        && state.reading() instanceof Reading.Measured m
                        && m.signal() == Signal.ACCEPT_QUEUE) {
                    queue = m;
                }
            }
            long delay = watch.delayMillis();
            // The count first: the other way round one that ends between would be a wait of no time.
            long count = waits.count();
            return new ListenerStatus(
                    name,
                    (long) slots.counts().held() + watch.untrackedConnections(),
                    queue == null ? OptionalLong.empty() : OptionalLong.of(queue.used()),
                    queue == null ? OptionalLong.empty() : OptionalLong.of(queue.limit()),
                    delay < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(delay)),
                    count,
                    waits.total());
        }
    }

    private final List<Figures> all = new CopyOnWriteArrayList<>();

    void add(Figures listener) {
        all.add(listener);
    }

    void remove(Figures listener) {
        all.remove(listener);
    }

    /** In the order of their names. */
    List<ListenerStatus> status(GuardSnapshot snapshot) {
        List<ListenerStatus> status = new ArrayList<>();
        for (Figures listener : all) {
            status.add(listener.status(snapshot));
        }
        status.sort(Comparator.comparing(ListenerStatus::name));
        return status;
    }
}
