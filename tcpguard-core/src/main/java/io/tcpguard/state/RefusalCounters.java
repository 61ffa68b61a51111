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
        /** An idle connection that gave its slot to a new connection. */
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
        /** The slots are taken by own connections, whatever limits them. */
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

    /** What the source of a new connection is known for, while slots are scarce. */
    public enum Rank {
        /** Its sessions came back with a second request and ended by themselves. */
        KNOWN_GOOD,
        /** Nothing is known of it, or good and bad are even. */
        UNKNOWN,
        /**
         * Its connections were idle until evicted, or it comes again at once after each refusal; and nothing good is
         * known.
         */
        KNOWN_BAD
    }

    private final LongAdder[] admitted = adders(Rank.values().length);
    private final LongAdder[] refused = adders(Rank.values().length);
    private final LongAdder[][][] counts =
            new LongAdder[Stage.values().length][Method.values().length][Reason.values().length];

    /** All zero. */
    public RefusalCounters() {
        for (LongAdder[][] methods : counts) {
            for (int i = 0; i < methods.length; i++) {
                methods[i] = adders(Reason.values().length);
            }
        }
    }

    private static LongAdder[] adders(int number) {
        LongAdder[] adders = new LongAdder[number];
        for (int i = 0; i < number; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    /** Counts a new connection that was admitted, or refused for want of a slot, while slots are scarce. */
    public void count(Rank rank, boolean letIn) {
        (letIn ? admitted : refused)[rank.ordinal()].increment();
    }

    /** How many of them there were. */
    public long of(Rank rank, boolean letIn) {
        return (letIn ? admitted : refused)[rank.ordinal()].sum();
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
