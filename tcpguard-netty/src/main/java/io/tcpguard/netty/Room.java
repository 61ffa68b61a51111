package io.tcpguard.netty;

import io.tcpguard.state.Capacity;

/**
 * How the reserve of descriptors is shared out on one port. NIO accepts a whole batch before the first is looked at, and a closed
 * channel gives its descriptor back only at its selector's next select: batch and answers count twice in the worst case, and
 * 2 × (1/8) + 1/2 of the reserve leaves a quarter to the health listener and the log.
 */
final class Room {
    /** Answers in the making at a time: measured enough for 400 refusals a second with clients that close at once. */
    static final int MOST_ANSWERS = 40;

    private Room() {}

    /** Connections to accept in one go; {@code found} if the limit is not known. */
    static int batch(Capacity capacity, int found) {
        return capacity.known() ? (int) Math.max(1, Math.min(found, reserve(capacity) / 8)) : found;
    }

    /** Refused connections that may wait for their answer at a time. */
    static int answers(Capacity capacity) {
        return capacity.known() ? (int) Math.min(MOST_ANSWERS, reserve(capacity) / 2) : MOST_ANSWERS;
    }

    private static long reserve(Capacity capacity) {
        return Math.max(0, capacity.limit() - capacity.refusalPoint());
    }
}
