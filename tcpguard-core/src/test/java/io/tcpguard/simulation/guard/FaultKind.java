/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

/** What may befall a server. */
enum FaultKind {
    SITTERS,
    CHATTERS,
    HALF_HEADS,
    HALF_BODIES,
    POLLERS,
    SILENT_ONES,
    KNOCKERS,
    /** Never refused for want of a slot. */
    ALLOWED_ONES,
    MORE_USERS,
    /** The process does not run. */
    FREEZE,
    /** Its sampler does not. */
    SAMPLER_LATE,
    /** Threads lose their processor between any two steps. */
    PREEMPTION,
    /** Something takes descriptors, one after the other. */
    LEAK,
    /** Something takes many descriptors at once. */
    FILES,
    /** prlimit(2). */
    LIMIT_CHANGED,
    COUNT_UNKNOWN,
    PROBE_THROWS,
    PROBE_LIES,
    /** It does not accept, and says so. */
    LISTENER_DEAD,
    /** Its acceptors hang. */
    LISTENER_STUCK,
    LISTENER_RESTARTS,
    SECOND_LISTENER,
    /** No request ends. */
    HANG,
    SLOW,
    CLOCK_LEAPS,
    LISTENERS_THROW,
    CLOSERS_THROW,
    OPERATOR_DRAINS,
    DIRECTOR_GONE,
    SYSTEM_FILES;

    /** Clients, who stay for longer than other faults do. */
    boolean crowd() {
        return compareTo(MORE_USERS) <= 0;
    }
}
