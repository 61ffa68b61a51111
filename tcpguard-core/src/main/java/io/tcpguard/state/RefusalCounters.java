/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.concurrent.atomic.LongAdder;

/** What was shed since the guard started: counts that only grow, by layer, way and cause. Safe from any thread. */
public final class RefusalCounters {

    /** Where in a connection's life. */
    public enum Layer {
        /** Right after {@code accept(2)}, before anything was spent on it. */
        ACCEPT,
        /** A request on an admitted connection. */
        REQUEST,
        /** An idle connection that gave its place to a new connection. */
        IDLE
    }

    /** How. */
    public enum Way {
        /** By a reset. */
        RESET,
        /** By an answer of the protocol (503, GOAWAY) or an orderly close. */
        ANSWER
    }

    /** Why. */
    public enum Cause {
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
            new LongAdder[Layer.values().length][Way.values().length][Cause.values().length];

    /** All zero. */
    public RefusalCounters() {
        for (LongAdder[][] ways : counts) {
            for (LongAdder[] causes : ways) {
                for (int i = 0; i < causes.length; i++) {
                    causes[i] = new LongAdder();
                }
            }
        }
    }

    /** Counts one. */
    public void count(Layer layer, Way way, Cause cause) {
        counts[layer.ordinal()][way.ordinal()][cause.ordinal()].increment();
    }

    /** The count of one kind. */
    public long of(Layer layer, Way way, Cause cause) {
        return counts[layer.ordinal()][way.ordinal()][cause.ordinal()].sum();
    }

    /** The count of a layer, whatever way and cause. */
    public long of(Layer layer) {
        long sum = 0;
        for (LongAdder[] causes : counts[layer.ordinal()]) {
            for (LongAdder count : causes) {
                sum += count.sum();
            }
        }
        return sum;
    }
}
