/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.SignalState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The guard's events for the Flight Recorder; only the kinds that somebody records are made. */
final class FlightEvents implements Recordings {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    // Asked whether they are recorded, never committed.
    private final LevelChange level = new LevelChange();
    private final VerdictChange verdict = new VerdictChange();
    private final Shedding shedding = new Shedding();
    private final Sample sample = new Sample();

    private final RefusalCounters shed;
    private final LongSupplier waited;
    private long toldAt;
    private long refusedConnections;
    private long refusedRequests;
    private long evicted;
    private long haveWaited;

    FlightEvents(RefusalCounters shed, LongSupplier waited, long now) {
        this.shed = shed;
        this.waited = waited;
        toldAt = now;
        count();
    }

    void started(GuardSnapshot first) {
        changed("", first);
        told(first);
        summary(first, 0);
        sampled(first);
    }

    @Override
    public void sampled(GuardSnapshot before, GuardSnapshot after, long now) {
        if (before.level() != after.level() && level.isEnabled()) {
            changed(before.level().name(), after);
        }
        if (before.verdict().up() != after.verdict().up() && verdict.isEnabled()) {
            told(after);
        }
        long span = now - toldAt;
        if (span >= SECOND) {
            if (shedding.isEnabled() && shedSince()) {
                summary(after, span);
            }
            toldAt = now;
            count();
            if (sample.isEnabled()) {
                sampled(after);
            }
        }
    }

    private boolean shedSince() {
        return shed.of(Stage.ACCEPT) + shed.of(Stage.REQUEST) + shed.of(Stage.KEEP_ALIVE)
                > refusedConnections + refusedRequests + evicted;
    }

    private void count() {
        refusedConnections = shed.of(Stage.ACCEPT);
        refusedRequests = shed.of(Stage.REQUEST);
        evicted = shed.of(Stage.KEEP_ALIVE);
        haveWaited = waited.getAsLong();
    }

    private static void changed(String from, GuardSnapshot after) {
        LevelChange event = new LevelChange();
        event.from = from;
        event.to = after.level().name();
        event.leading = after.leading() == null ? "" : after.leading().name();
        event.reason = after.reason();
        event.holders(after.capacity());
        event.rehearsal = after.rehearsal();
        event.commit();
    }

    private static void told(GuardSnapshot after) {
        VerdictChange event = new VerdictChange();
        event.up = after.verdict().up();
        event.weight = after.verdict().weight();
        event.reason = after.verdict().reason();
        event.rehearsal = after.rehearsal();
        event.commit();
    }

    private void summary(GuardSnapshot after, long span) {
        Shedding event = new Shedding();
        event.refusedConnections = shed.of(Stage.ACCEPT) - refusedConnections;
        event.refusedRequests = shed.of(Stage.REQUEST) - refusedRequests;
        event.evictedConnections = shed.of(Stage.KEEP_ALIVE) - evicted;
        event.waited = waited.getAsLong() - haveWaited;
        event.span = span;
        event.level = after.level().name();
        event.holders(after.capacity());
        event.commit();
    }

    private static void sampled(GuardSnapshot snapshot) {
        Capacity c = snapshot.capacity();
        Sample event = new Sample();
        event.level = snapshot.level().name();
        event.up = snapshot.verdict().up();
        event.weight = snapshot.verdict().weight();
        event.holders(c);
        event.usable = (float) c.usableShare();
        event.slots = c.slots() == ConnectionLimits.NONE ? DescriptorsEvent.UNKNOWN : c.slots();
        event.binding = c.slots() == ConnectionLimits.NONE ? "" : c.binding().name();
        event.queued = queued(snapshot.signals());
        event.commit();
    }

    private static long queued(List<SignalState> signals) {
        long sum = DescriptorsEvent.UNKNOWN;
        for (SignalState state : signals) {
            if (state.reading() instanceof Reading.Measured m && m.signal() == Signal.ACCEPT_QUEUE) {
                sum = Math.max(0, sum) + m.used();
            }
        }
        return sum;
    }
}
