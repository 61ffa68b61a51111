/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.ListenerCounts;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.GonePeers;
import io.tcpguard.spi.ListenerControl;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * An adapter's word, and the connections tracked by former runs of its guard: clients' as well, so no leak. Counts
 * from any thread; kept by one at a time.
 */
final class FormerConnections implements ListenerControl {
    private final ListenerControl control;
    /** Replaced as a whole. */
    private volatile ListenerCounts[] former = {};

    FormerConnections(ListenerControl control) {
        this.control = control;
    }

    /** This run is over; those before that are empty by now are forgotten. */
    void keep(ListenerCounts counts) {
        former = Stream.concat(Arrays.stream(former), Stream.of(counts))
                .filter(each -> each.held() > 0)
                .toArray(ListenerCounts[]::new);
    }

    @Override
    public boolean accepting() {
        return control.accepting();
    }

    @Override
    public boolean serving() {
        return control.serving();
    }

    @Override
    public boolean full() {
        return control.full();
    }

    @Override
    public int untrackedConnections() {
        int held = Math.max(0, control.untrackedConnections());
        for (ListenerCounts each : former) {
            held += each.held();
        }
        return held;
    }

    @Override
    public int maxConnections() {
        return control.maxConnections();
    }

    @Override
    public int heapPerConnection() {
        return control.heapPerConnection();
    }

    @Override
    public boolean asksForEach() {
        return control.asksForEach();
    }

    @Override
    public int backlog() {
        return control.backlog();
    }

    @Override
    public boolean canAnswer() {
        return control.canAnswer();
    }

    @Override
    public int endStalledWork(long patienceNanos, int most, Closing how) {
        return control.endStalledWork(patienceNanos, most, how);
    }

    @Override
    public void noteBlockedWrites() {
        control.noteBlockedWrites();
    }

    @Override
    public void endGone(GonePeers peers) {
        control.endGone(peers);
    }
}
