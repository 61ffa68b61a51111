package io.tcpguard.state;

/**
 * How the process's descriptors are used.
 *
 * @param limit the soft limit in force; 0 if it is not known
 * @param used descriptors open
 * @param own connections of guarded listeners among them
 * @param brought descriptors that come and go with the own connections: to a back end for each client, say; an estimate
 * @param refusalPoint above this many descriptors a new connection must replace another or be refused
 */
public record Capacity(long limit, long used, long own, long brought, long refusalPoint) {

    /** The goal is that ten are left, and two may be opened while one looks. */
    private static final int MOST_UNTOUCHED = 12;

    /** Nothing is known: no signal, or not Linux. */
    public static final Capacity UNKNOWN = new Capacity(0, 0, 0, Long.MAX_VALUE);

    /** Connections that bring nothing with them. */
    public Capacity(long limit, long used, long own, long refusalPoint) {
        this(limit, used, own, 0, refusalPoint);
    }

    /** True if limit and use were read. */
    public boolean known() {
        return limit > 0;
    }

    /** Descriptors that are neither own connections nor come with them: files, outgoing connections, leaks. */
    public long other() {
        return Math.max(0, used - own - brought);
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

    /** Whether clients account for what is in use, or leave room enough: then a full server is full of clients. */
    public boolean takenByClients() {
        return own + brought >= other() || usableShare() >= 0.5;
    }
}
