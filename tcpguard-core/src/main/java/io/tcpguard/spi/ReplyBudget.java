/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import io.tcpguard.state.Capacity;

/**
 * How much of the reserve of descriptors refused connections may hold while they wait for their answer. Pure; any
 * thread.
 */
public final class ReplyBudget {
    /** Answers in the making at a time: measured enough for 400 refusals a second with clients that close at once. */
    public static final int MOST_ANSWERS = 40;

    private ReplyBudget() {}

    /**
     * Refused connections that may be held for an answer: those that are, and as many as descriptors are free, but for
     * those that are kept free from floods.
     *
     * @param used descriptors open right now, the held ones too; negative if that is not known
     * @param held refused connections that wait for their answer now
     */
    public static int room(Capacity capacity, long used, int held) {
        return !capacity.known() || used < 0
                ? held + 1
                : (int) Math.max(0, Math.min(Integer.MAX_VALUE, held + capacity.limit() - capacity.keptFree() - used));
    }

    /**
     * The same for a server that accepts whole batches, by the snapshot's count. That is a little old, and a batch
     * comes in before the first of it is looked at: so half the reserve and {@value #MOST_ANSWERS} are the most,
     * whatever it says.
     */
    public static int ofBatches(Capacity capacity, int held) {
        return capacity.known()
                ? (int) Math.min(
                        Math.min(MOST_ANSWERS, capacity.reserve() / 2),
                        room(capacity, capacity.used() + batch(capacity, MOST_ANSWERS), held))
                : MOST_ANSWERS;
    }

    /**
     * Connections to accept in one go: an eighth of the reserve, since core overshoots the admission threshold by a
     * quarter of it while evicted connections close. At least 1; {@code found} is the most, and what is if the limit is
     * not known.
     */
    public static int batch(Capacity capacity, int found) {
        return capacity.known() ? (int) Math.max(1, Math.min(found, capacity.reserve() / 8)) : found;
    }
}
