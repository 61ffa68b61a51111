/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

/**
 * How descriptors and own connections grew over a window: a ring of points a fixed time apart. Says only what a few of
 * its points say, so that a step costs nothing.
 */
final class Growth {
    private static final int POINTS = 21;
    private static final int QUARTERS = 4;

    private final long apartNanos;
    private final long[] at = new long[POINTS];
    private final long[] used = new long[POINTS];
    private final long[] own = new long[POINTS];
    private int count;
    private int newest = -1;

    /** The window is twenty times that. */
    Growth(long apartNanos) {
        this.apartNanos = apartNanos;
    }

    /** True if the point was due, and so the answers are new. */
    boolean step(long usedNow, long ownNow, long now) {
        if (count > 0) {
            long since = now - at[newest];
            if (since < apartNanos) {
                return false;
            }
            if (since > apartNanos * POINTS) {
                // Nobody looked for longer than the window: what was before says nothing of the pace.
                count = 0;
            }
        }
        newest = (newest + 1) % POINTS;
        at[newest] = now;
        used[newest] = usedNow;
        own[newest] = ownNow;
        count = Math.min(POINTS, count + 1);
        return true;
    }

    void forget() {
        count = 0;
    }

    boolean spans(long nanos) {
        return count > 1 && at[newest] - at[point(count - 1)] >= nanos;
    }

    long descriptors() {
        return count < 2 ? 0 : used[newest] - used[point(count - 1)];
    }

    /**
     * What connections do not explain. It grows, too, while it only takes the slots of connections that leave or are
     * refused.
     */
    long others() {
        return count < 2 ? 0 : descriptors() - grownWith(0, count - 1);
    }

    /** So many in the window, for each second of it. */
    double perSecond(long grown) {
        return count < 2 ? 0 : grown * 1e9 / (at[newest] - at[point(count - 1)]);
    }

    /** Whether most of the growth is own connections or comes with them. */
    boolean byConnections() {
        return (own[newest] - own[point(count - 1)]) * 4 >= descriptors();
    }

    /**
     * Whether what connections do not explain grew in each quarter of the window, by an eighth of the whole at least:
     * many files opened once do not, though it may take seconds to open them.
     */
    boolean steady() {
        long least = others() / 8;
        if (count < QUARTERS + 1) {
            return false;
        }
        for (int i = 0; i < QUARTERS; i++) {
            int newer = (count - 1) * i / QUARTERS;
            int older = (count - 1) * (i + 1) / QUARTERS;
            if (grown(newer, older) - grownWith(newer, older) < least) {
                return false;
            }
        }
        return true;
    }

    private long grown(int newer, int older) {
        return used[point(newer)] - used[point(older)];
    }

    private long grownWith(int newer, int older) {
        return own[point(newer)] - own[point(older)];
    }

    private int point(int back) {
        return Math.floorMod(newest - back, POINTS);
    }
}
