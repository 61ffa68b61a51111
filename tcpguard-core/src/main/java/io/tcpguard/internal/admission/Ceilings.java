/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters.Reason;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The limits under which a new connection must fit: descriptors, the process's connections, and its listener's own. Any
 * thread.
 */
final class Ceilings {
    private final DescriptorCeiling descriptors;
    private final SlotCeiling process;

    Ceilings(DescriptorHeadroom room, ConnectionTable table) {
        descriptors = new DescriptorCeiling(room, table);
        process = new SlotCeiling(table, table::size);
    }

    DescriptorCeiling descriptors() {
        return descriptors;
    }

    SlotCeiling process() {
        return process;
    }

    /**
     * Whether somebody was refused, or took another's slot, under a limit of this listener within so many nanoseconds.
     */
    boolean shedWithin(long nanos, @Nullable ListenerSlots listener, long now) {
        return descriptors.shedWithin(nanos, now)
                || process.shedWithin(nanos, now)
                || (listener != null && listener.ceiling().shedWithin(nanos, now));
    }

    /** The limit under which one more does not fit: where descriptors are few, theirs; null: it fits under all. */
    @Nullable Ceiling full(@Nullable ListenerSlots listener, long now) {
        if (!descriptors.fits(now)) {
            return descriptors;
        }
        if (listener != null && !listener.ceiling().fits(now)) {
            return listener.ceiling();
        }
        return process.fits(now) ? null : process;
    }

    /** The one that has fewest left. */
    Ceiling scarcest(@Nullable ListenerSlots listener) {
        Ceiling least = descriptors.free() <= process.free() ? descriptors : process;
        return listener == null || least.free() <= listener.ceiling().free() ? least : listener.ceiling();
    }

    /** Why one is refused under this limit. */
    @SuppressWarnings("ReferenceEquality") // one of the two that are here
    Reason causeOf(Ceiling full, GuardSnapshot snapshot) {
        return full != descriptors || snapshot.capacity().takenByClients()
                ? Reason.CONNECTIONS
                : Reason.OTHER_DESCRIPTORS;
    }

    /** The limit at which this source holds more than its share of what is scarce; null: nowhere. */
    @Nullable Ceiling crowdedBy(InetAddress source, Capacity capacity, @Nullable ListenerSlots listener) {
        if (unfair(descriptors, capacity, source)) {
            return descriptors;
        }
        if (listener != null && unfair(listener.ceiling(), capacity, source)) {
            return listener.ceiling();
        }
        return unfair(process, capacity, source) ? process : null;
    }

    private static boolean unfair(Ceiling ceiling, Capacity capacity, InetAddress source) {
        return ceiling.scarce(capacity) && ceiling.table().holdsMoreThan(Sources.UNFAIR, source);
    }

    /** Whether an eviction may pass it until the evicted one is closed. */
    static boolean mayOvershoot(Ceiling full, GuardSnapshot snapshot) {
        return full.excess() <= full.bridge(snapshot.capacity());
    }
}
