/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.RefusalCounters;

/** What meters are read from. */
public interface MeterSource {
    /** The newest snapshot. */
    GuardSnapshot snapshot();

    /** How the guard is doing beside it. */
    GuardStatus status();

    /** What was refused and evicted. */
    RefusalCounters shed();

    /** All of it taken once, so that one scrape tells of one moment. */
    static MeterSource of(GuardSnapshot snapshot, GuardStatus status, RefusalCounters shed) {
        return new OneMoment(snapshot, status, shed);
    }

    /** One moment's. */
    record OneMoment(GuardSnapshot snapshot, GuardStatus status, RefusalCounters shed) implements MeterSource {}
}
