/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The slots of one listener: how many it holds, whose they are, and how many its server allows. Any thread. */
public final class ListenerSlots {
    private final ListenerCounts counts = new ListenerCounts();
    private final ConnectionTable table;
    private final SlotCeiling ceiling;
    private final LastTime workWasLate = new LastTime();

    ListenerSlots(ConnectionTable table) {
        this.table = table;
        this.ceiling = new SlotCeiling(table, counts::held);
    }

    /** By its index, for a loop that allocates nothing; null if it was the last one, and has gone meanwhile. */
    static @Nullable ListenerSlots at(List<ListenerSlots> all, int index) {
        try {
            return all.get(index);
        } catch (IndexOutOfBoundsException gone) {
            return null;
        }
    }

    /** What it has accepted, holds and has answered. */
    public ListenerCounts counts() {
        return counts;
    }

    /**
     * From the sampler, which asks each cycle.
     *
     * @param connections as many as may be held; negative: any number
     */
    public void most(long connections) {
        ceiling.most(connections < 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, connections));
    }

    /** A new connection met late work, and had to wait for it or was refused. */
    void workWasLate(long now) {
        workWasLate.note(now);
    }

    boolean workWasLateWithin(long nanos, long now) {
        return workWasLate.within(nanos, now);
    }

    ConnectionTable table() {
        return table;
    }

    Ceiling ceiling() {
        return ceiling;
    }
}
