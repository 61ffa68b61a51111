/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.internal.report.incident.Episode.RefusalKind;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.RefusalCounters;

/** Levels, signals and causes in the words that the report of an incident uses. Pure. */
final class IncidentWords {

    private IncidentWords() {}

    static String of(Signal signal) {
        return switch (signal) {
            case DESCRIPTORS -> "the process's file descriptors";
            case MEMORY -> "memory";
            case CONNECTIONS -> "connections, of which the server may hold so many";
            case SYSTEM_FILES -> "the machine's open files";
            case ACCEPT_QUEUE -> "an accept queue";
            case LISTEN_DROPS -> "connection attempts that the kernel dropped";
            case TIME_WAIT -> "sockets in TIME_WAIT";
            case ORPHANS -> "orphaned sockets";
            case TCP_MEMORY -> "the memory of TCP";
            case CONNTRACK -> "the table of tracked connections";
            case EPHEMERAL_PORTS -> "local ports for outgoing connections";
            case WORK_DELAY -> "work that waited for a thread";
        };
    }

    static String of(RefusalKind refusal) {
        return where(refusal.stage(), refusal.method()) + ", because " + why(refusal.reason());
    }

    private static String where(RefusalCounters.Stage stage, RefusalCounters.Method method) {
        return switch (stage) {
            case ACCEPT ->
                switch (method) {
                    case RESET -> "new connections reset";
                    case ANSWER -> "new connections answered and closed";
                };
            case REQUEST ->
                switch (method) {
                    case RESET -> "requests reset";
                    case ANSWER -> "requests answered with a refusal";
                };
            case KEEP_ALIVE ->
                switch (method) {
                    case RESET -> "idle connections reset to make room";
                    case ANSWER -> "idle connections closed to make room";
                };
        };
    }

    private static String why(RefusalCounters.Reason cause) {
        return switch (cause) {
            case CONNECTIONS -> "connections had taken the slots";
            case OTHER_DESCRIPTORS -> "something other than connections had taken the descriptors";
            case SYSTEM_FILES -> "the machine's files were nearly used up";
            case UNFAIR_SOURCE -> "their source held more than twice its share";
            case ACCEPT_QUEUE -> "the accept queue was full";
            case WORK_DELAY -> "work waited too long for a thread";
        };
    }

    /** What a counter counted; empty for one that only explains a signal. */
    static String of(KernelCounter counter) {
        return switch (counter) {
            case LISTEN_OVERFLOWS -> "handshakes met a full accept queue";
            case LISTEN_DROPS -> "connection attempts were dropped";
            case SYN_COOKIES -> "SYN cookies were sent";
            case SYN_QUEUE_DROPS -> "SYNs were dropped at a full queue of half-open connections";
            case TIME_WAIT_OVERFLOWS -> "sockets were closed without TIME_WAIT";
            case MEMORY_ABORTS -> "connections were aborted for want of memory or past the limit of orphans";
            case MEMORY_PRESSURES, SYN_QUEUE_COOKIES, PAWS_ESTABLISHED, PAWS_TIME_WAIT -> "";
        };
    }
}
