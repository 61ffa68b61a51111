/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.Capacity;

/**
 * A limit under which a new connection must fit, with those who can make room there. Any thread; no lock, no
 * allocation.
 */
abstract class Ceiling {
    private final ConnectionTable table;
    private final MakeUpPace pace = new MakeUpPace();
    private final LastTime shed = new LastTime();
    private final LastTime wentWithout = new LastTime();

    /** @param table those whose slots it counts */
    Ceiling(ConnectionTable table) {
        this.table = table;
    }

    /** Whether the new connection in hand fits. */
    abstract boolean fits(long now);

    /** By how many it would be passed with the new connection in hand; 0 or less: by none. */
    abstract long excess();

    /** About how many are free, by what was last counted; negative: passed. */
    abstract long free();

    /** Whether so little is left that it matters who holds how much. */
    abstract boolean scarce(Capacity capacity);

    /** By how many evictions may pass it while those evicted close. */
    abstract long bridge(Capacity capacity);

    /** By how many those may pass it who are never refused. */
    abstract long ofTheAllowed(Capacity capacity);

    /** By how many it is passed at most, whoever comes, unless it was lowered. */
    abstract long mostBeyond(Capacity capacity);

    ConnectionTable table() {
        return table;
    }

    /** Of evictions that nobody comes in for. */
    MakeUpPace pace() {
        return pace;
    }

    /** Somebody was refused here, or took another's slot. */
    void shed(long now) {
        shed.note(now);
    }

    boolean shedWithin(long nanos, long now) {
        return shed.within(nanos, now);
    }

    /** One that holds no more than its share, and is not known as bad, found no slot here. */
    void wentWithout(long now) {
        wentWithout.note(now);
    }

    boolean someWentWithoutWithin(long nanos, long now) {
        return wentWithout.within(nanos, now);
    }
}
