/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.ConnectionLimits;

/** Connections of one listener against what its server allows, which may change at run time. */
public final class ListenerConnections implements Probe {
    private static final Reading NO_LIMIT =
            new Reading.Unavailable(Signal.CONNECTIONS, Cause.NOTHING_TO_WATCH, "its server sets no limit");

    private final ListenerControl control;
    private final ListenerSlots slots;
    private final Rehearsal rehearsal;
    private volatile long limit = ConnectionLimits.NONE;
    private volatile int heapEach;
    private volatile int unasked;
    private Reading last = NO_LIMIT;

    ListenerConnections(ListenerControl control, ListenerSlots slots, Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
        this.control = control;
        this.slots = slots;
    }

    @Override
    public Signal signal() {
        return Signal.CONNECTIONS;
    }

    @Override
    public Reading read(long now) {
        heapEach = Math.max(1, control.heapPerConnection());
        int untrackedConnections =
                Math.max(0, control.untrackedConnections()) + slots.counts().ofFormerRuns();
        unasked = untrackedConnections;
        int most = control.maxConnections();
        long held = (long) slots.counts().held() + untrackedConnections;
        if (most < 1) {
            limit = ConnectionLimits.NONE;
            slots.most(most);
            last = NO_LIMIT;
            return NO_LIMIT;
        }
        limit = most;
        long played = rehearsal.connections(this, held, most);
        held += played;
        slots.most(Math.max(0, most - untrackedConnections - played));
        if (!(last instanceof Reading.Measured m) || m.used() != held || m.limit() != most) {
            last = new Reading.Measured(Signal.CONNECTIONS, held, most);
        }
        return last;
    }

    /** What each of them costs of the heap, in bytes. */
    int heapEach() {
        return heapEach;
    }

    /** Those that are held and that the guard was not asked about, by the last cycle. */
    int unasked() {
        return unasked;
    }

    /** By the last cycle. */
    long limit() {
        return limit;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
