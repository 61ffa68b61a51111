/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.concurrent.atomic.LongAdder;

/** What was shed since the guard started: counts that only grow, by stage, method and reason. Safe from any thread. */
public final class RefusalCounters {

    /** Where in a connection's life. */
    public enum Stage {
        /** Right after {@code accept(2)}, before anything was spent on it. */
        ACCEPT,
        /** A request on an admitted connection. */
        REQUEST,
        /** An idle connection that gave its place to a new connection. */
        KEEP_ALIVE
    }

    /** How. */
    public enum Method {
        /** By a reset. */
        RESET,
        /** By an answer of the protocol (503, GOAWAY) or an orderly close. */
        ANSWER
    }

    /** Why. */
    public enum Reason {
        /** The places are taken by own connections, whatever limits them. */
        CONNECTIONS,
        /** The descriptors are taken by something else: a leak, files, outgoing connections. */
        OTHER_DESCRIPTORS,
        /** The machine's files are nearly used up, by whomever. */
        SYSTEM_FILES,
        /** Its source holds more than twice its share. */
        UNFAIR_SOURCE,
        /** The accept queue is full. */
        ACCEPT_QUEUE,
        /** Work waits too long for a thread. */
        WORK_DELAY
    }

    private final LongAdder[][][] counts =
            new LongAdder[Stage.values().length][Method.values().length][Reason.values().length];

    /** All zero. */
    public RefusalCounters() {
        for (LongAdder[][] methods : counts) {
            for (LongAdder[] reasons : methods) {
                for (int i = 0; i < reasons.length; i++) {
                    reasons[i] = new LongAdder();
                }
            }
        }
    }

    /** Counts one. */
    public void count(Stage stage, Method method, Reason reason) {
        counts[stage.ordinal()][method.ordinal()][reason.ordinal()].increment();
    }

    /** The count of one kind. */
    public long of(Stage stage, Method method, Reason reason) {
        return counts[stage.ordinal()][method.ordinal()][reason.ordinal()].sum();
    }

    /** The count of a stage, whatever method and reason. */
    public long of(Stage stage) {
        long sum = 0;
        for (LongAdder[] reasons : counts[stage.ordinal()]) {
            for (LongAdder count : reasons) {
                sum += count.sum();
            }
        }
        return sum;
    }
}
