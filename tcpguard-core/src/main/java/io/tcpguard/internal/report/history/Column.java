/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.history;

import io.tcpguard.state.RefusalCounters;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is kept of each step of time, as one number: the highest of the step, or how many in it. */
enum Column {
    /** When it ended, in tenths of a second since the guard's start. */
    AT(null),
    /** The ordinal of the highest level. */
    LEVEL(null),
    /** 1: health was up all the time. */
    UP(null),
    /** 1: it was a rehearsal. */
    REHEARSAL(null),
    /** Descriptors open. */
    USED(null),
    /** Their limit. */
    LIMIT(null),
    /** Own connections. */
    OWN(null),
    /** Connections that there are slots for. */
    SLOTS(null),
    /** Connections in the accept queues. */
    QUEUE(null),
    /** How long work waits for a thread, in milliseconds. */
    DELAY(null),
    /** How long those waited for a slot whose wait ended in the step: the mean, in milliseconds. */
    WAIT(null),
    /** Connections that were made to wait. */
    WAITED(null),
    /** Idle connections that were evicted. */
    EVICTED(null),
    /** Refused since connections have the slots. */
    CONNECTIONS(RefusalCounters.Reason.CONNECTIONS),
    /** Refused since something else has the descriptors. */
    OTHER_DESCRIPTORS(RefusalCounters.Reason.OTHER_DESCRIPTORS),
    /** Refused since the machine's files are used up. */
    SYSTEM_FILES(RefusalCounters.Reason.SYSTEM_FILES),
    /** Refused since their source holds more than its share. */
    UNFAIR_SOURCE(RefusalCounters.Reason.UNFAIR_SOURCE),
    /** Refused since the accept queue is full. */
    ACCEPT_QUEUE(RefusalCounters.Reason.ACCEPT_QUEUE),
    /** Refused since work waits too long. */
    WORK_DELAY(RefusalCounters.Reason.WORK_DELAY);

    static final int UNKNOWN = -1;
    private static final Column[] ALL = values();

    /** What is counted; null: something else than refusals. */
    final RefusalCounters.@Nullable Reason cause;

    Column(RefusalCounters.@Nullable Reason cause) {
        this.cause = cause;
    }

    static int count() {
        return ALL.length;
    }

    /** Whether it counts what happened in the step; else it is the highest that was seen. */
    boolean counts() {
        return ordinal() >= WAITED.ordinal();
    }

    /** Whether the lowest is the worst. */
    boolean lowest() {
        return this == UP;
    }

    /** In JSON. */
    String key() {
        return cause == null ? name().toLowerCase(Locale.ROOT) : name();
    }
}
