/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.state.Capacity;
import java.util.function.IntSupplier;

/**
 * A number of connections that is not to be passed. Exact where one thread accepts; of a process with several listeners
 * each of them may pass it by the one that it has in hand.
 */
final class SlotCeiling extends Ceiling {
    /** By how many it may be passed at most, by those who are never refused and while evicted ones close. */
    static final int MOST_BEYOND = 48;

    /** Part of the slots within which they are scarce: as many as of descriptors are kept in reserve at 256. */
    private static final int SCARCE_PART = 20;

    private final IntSupplier held;
    private volatile int most = Integer.MAX_VALUE;
    private volatile int atOnce = Integer.MAX_VALUE;

    SlotCeiling(ConnectionTable table, IntSupplier held) {
        super(table);
        this.held = held;
    }

    /** From the sampler: it may change at run time. {@link Integer#MAX_VALUE}: none. */
    void most(int connections) {
        if (connections != most) {
            most = connections;
        }
    }

    /** From the sampler: up to so many come in without delay. {@link Integer#MAX_VALUE}: any number. */
    void atOnce(int connections) {
        if (connections != atOnce) {
            atOnce = connections;
        }
    }

    /** Whether one more is to wait for the next look at what there is, although it fits. */
    boolean growsTooFast() {
        return atOnce != Integer.MAX_VALUE && held.getAsInt() >= atOnce;
    }

    @Override
    boolean fits(long now) {
        return most == Integer.MAX_VALUE || held.getAsInt() < most;
    }

    @Override
    long excess() {
        return held.getAsInt() + 1L - most;
    }

    @Override
    long free() {
        return (long) most - held.getAsInt();
    }

    @Override
    boolean scarce(Capacity capacity) {
        return held.getAsInt() + margin() > most;
    }

    @Override
    long bridge(Capacity capacity) {
        return Math.max(1, margin() / 4);
    }

    @Override
    long ofTheAllowed(Capacity capacity) {
        return margin();
    }

    @Override
    long mostBeyond(Capacity capacity) {
        return MOST_BEYOND;
    }

    /**
     * By how many a ceiling of so many connections may be passed at most, for the time that evicted ones take to close.
     */
    private long margin() {
        return Math.max(1, Math.min(MOST_BEYOND, most / SCARCE_PART));
    }
}
