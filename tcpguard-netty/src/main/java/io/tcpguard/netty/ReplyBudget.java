/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.state.Capacity;

/**
 * How one port's part in the reserve of descriptors is bounded. NIO accepts a whole batch before the first of it is
 * looked at; refused clients that wait for their answer hold descriptors beyond the admission threshold; and the core
 * overshoots it by a quarter of the reserve while evicted connections close. Together they must leave what nobody may
 * take.
 */
final class ReplyBudget {
    /** Answers in the making at a time: measured enough for 400 refusals a second with clients that close at once. */
    static final int MOST_ANSWERS = 40;

    private ReplyBudget() {}

    /** Connections to accept in one go; {@code found} if the limit is not known. */
    static int batch(Capacity capacity, int found) {
        return capacity.known() ? (int) Math.max(1, Math.min(found, reserve(capacity) / 8)) : found;
    }

    /**
     * Refused connections that may wait for their answer at a time. The snapshot is a little old, so that half the
     * reserve is the most whatever it says.
     *
     * @param held how many do so now, which are among the used descriptors
     */
    static int answers(Capacity capacity, int held) {
        if (!capacity.known()) {
            return MOST_ANSWERS;
        }
        long reserve = reserve(capacity);
        long free = capacity.limit() - capacity.used() - capacity.untouched() - batch(capacity, MOST_ANSWERS);
        return (int) Math.max(0, Math.min(Math.min(MOST_ANSWERS, reserve / 2), held + free));
    }

    private static long reserve(Capacity capacity) {
        return Math.max(0, capacity.limit() - capacity.admissionThreshold());
    }
}
