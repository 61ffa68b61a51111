package io.tcpguard.internal.engine;

/**
 * How descriptors and own connections grew over a window: a ring of points a fixed time apart. Says only what its oldest, middle and
 * newest points say, so that a step costs nothing.
 */
final class Growth {
    private static final int POINTS = 21;

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

    double perSecond() {
        return count < 2 ? 0 : descriptors() * 1e9 / (at[newest] - at[point(count - 1)]);
    }

    /** Whether most of the growth is own connections or comes with them. */
    boolean byConnections() {
        return (own[newest] - own[point(count - 1)]) * 4 >= descriptors();
    }

    /** Whether it grew in both halves of the window, each by a quarter of the whole at least: many files opened once do not. */
    boolean steady() {
        long quarter = descriptors() / 4;
        int middle = point(count / 2);
        return used[newest] - used[middle] >= quarter && used[middle] - used[point(count - 1)] >= quarter;
    }

    private int point(int back) {
        return Math.floorMod(newest - back, POINTS);
    }
}
