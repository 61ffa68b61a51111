/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Snapshots of a server with 1024 descriptors, 40 of which are not connections. */
public final class Snapshots {

    private static final long LIMIT = 1024;
    private static final long OTHER = 40;
    private static final long REFUSAL_POINT = 1004;

    private Snapshots() {}

    public static GuardSnapshot calm() {
        return of(Level.NORMAL, null, 100, new Verdict(true, 96, "normal"), "normal");
    }

    public static GuardSnapshot at(Level level, long used) {
        return of(level, Signal.DESCRIPTORS, used, new Verdict(true, 96, "up"), "descriptors " + used + " of " + LIMIT);
    }

    /** Nothing is wrong, with this many descriptors. */
    public static GuardSnapshot of(Capacity capacity, boolean resetsOnly) {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "scripted",
                capacity,
                new Verdict(true, 100, "scripted"),
                Admission.ADMIT,
                resetsOnly,
                List.of(),
                0);
    }

    /** Most descriptors are no connections, and health is down. */
    public static GuardSnapshot leak(String reason) {
        return new GuardSnapshot(
                Level.DRAIN,
                Signal.DESCRIPTORS,
                reason,
                new Capacity(LIMIT, 1_000, 120, REFUSAL_POINT),
                new Verdict(false, 0, reason),
                Admission.RESET,
                false,
                List.of(),
                0);
    }

    public static GuardSnapshot of(Level level, @Nullable Signal leading, long used, Verdict verdict, String reason) {
        return new GuardSnapshot(
                level,
                leading,
                reason,
                new Capacity(LIMIT, used, used - OTHER, REFUSAL_POINT),
                verdict,
                Admission.ADMIT,
                false,
                List.of(),
                0);
    }
}
