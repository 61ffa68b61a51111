package io.tcpguard.state;

/**
 * How the process's descriptors are used.
 *
 * @param limit the soft limit in force; 0 if it is not known
 * @param used descriptors open
 * @param own connections of guarded listeners among them
 * @param refusalPoint above this many descriptors a new connection must replace another or be refused
 */
public record Capacity(long limit, long used, long own, long refusalPoint) {

    /** The goal is that ten are left, and two may be opened while one looks. */
    private static final int MOST_UNTOUCHED = 12;

    /** Nothing is known: no signal, or not Linux. */
    public static final Capacity UNKNOWN = new Capacity(0, 0, 0, Long.MAX_VALUE);

    /** True if limit and use were read. */
    public boolean known() {
        return limit > 0;
    }

    /** Descriptors that are not own connections: files, outgoing connections, leaks. */
    public long other() {
        return Math.max(0, used - own);
    }

    /** Descriptors that the server has for its clients: the limit without {@link #other()}. */
    public long usable() {
        return Math.max(0, limit - other());
    }

    /** Descriptors kept back above the refusal point; 0 if nothing is known. */
    public long reserve() {
        return known() ? Math.max(0, limit - refusalPoint) : 0;
    }

    /**
     * Descriptors of the reserve that no flood may take, whether it is refused, answered or allowed: {@value #MOST_UNTOUCHED}, or three
     * fifths of a smaller reserve.
     */
    public long untouched() {
        return Math.min(MOST_UNTOUCHED, reserve() * 3 / 5);
    }

    /** {@link #usable()} as a share of the limit, 0..1; 1 if nothing is known. */
    public double usableShare() {
        return known() ? (double) usable() / limit : 1;
    }
}
