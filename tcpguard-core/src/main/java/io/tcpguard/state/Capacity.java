/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the process's descriptors are used, and how many connections it has slots for.
 *
 * @param limit the soft limit in force; 0 if it is not known
 * @param used descriptors open
 * @param own connections of guarded listeners among them
 * @param brought descriptors that come and go with the own connections: to a back end for each client, say; an estimate
 * @param admissionThreshold above this many descriptors a new connection must evict another or be refused
 * @param connections other limits for connections
 */
public record Capacity(
        long limit, long used, long own, long brought, long admissionThreshold, ConnectionLimits connections) {

    /** The goal is that ten are left, and two may be opened while one looks. */
    private static final int MOST_KEPT_FREE = 12;

    /** Asked for at refusals, so that none is made for it. */
    private static final List<Limit> LIMITS = List.of(Limit.values());

    /** Nothing is known: no signal, or not Linux. */
    public static final Capacity UNKNOWN = new Capacity(0, 0, 0, Long.MAX_VALUE);

    /** Nothing but descriptors bounds connections. */
    public Capacity(long limit, long used, long own, long brought, long admissionThreshold) {
        this(limit, used, own, brought, admissionThreshold, ConnectionLimits.UNBOUNDED);
    }

    /** Connections that bring nothing with them. */
    public Capacity(long limit, long used, long own, long admissionThreshold) {
        this(limit, used, own, 0, admissionThreshold);
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

    /** Descriptors kept back above the admission threshold; 0 if nothing is known. */
    public long reserve() {
        return known() ? Math.max(0, limit - admissionThreshold) : 0;
    }

    /**
     * Descriptors of the reserve that no flood may take, whether it is refused, answered or allowed: {@value
     * #MOST_KEPT_FREE} of the usual 16. Of a smaller reserve all but four, or three fifths if that is more.
     */
    public long keptFree() {
        return Math.min(MOST_KEPT_FREE, Math.max(reserve() - 4, reserve() * 3 / 5));
    }

    /**
     * How many connections this allows in all, those that are open too; {@link ConnectionLimits#NONE} if it bounds
     * none.
     */
    public long slots(Limit by) {
        return switch (by) {
            case DESCRIPTORS -> byDescriptors();
            case MAX_CONNECTIONS -> connections.maxConnections();
            case MEMORY -> connections.memory();
            case OPERATOR -> connections.operator();
        };
    }

    /** Each connection needs what it brings, too. */
    private long byDescriptors() {
        if (!known()) {
            return ConnectionLimits.NONE;
        }
        long forClients = Math.max(0, Math.min(limit, admissionThreshold) - other());
        return own > 0 && brought > 0 ? (long) ((double) forClients * own / (own + brought)) : forClients;
    }

    /** What binds: the limit with the fewest slots. */
    public Limit binding() {
        return least(null);
    }

    private Limit least(@Nullable Limit but) {
        Limit least = but == Limit.DESCRIPTORS ? Limit.MAX_CONNECTIONS : Limit.DESCRIPTORS;
        for (int i = 0; i < LIMITS.size(); i++) {
            Limit each = LIMITS.get(i);
            if (each != but && slots(each) < slots(least)) {
                least = each;
            }
        }
        return least;
    }

    /** How many connections there are slots for; {@link ConnectionLimits#NONE} if nothing is known to bound them. */
    public long slots() {
        return slots(binding());
    }

    /**
     * How many there are, by what, and what binds next: {@code 8,192 by the server's maxConnections; descriptors would
     * allow 513,000}.
     */
    public String slotsInWords() {
        Limit binding = binding();
        if (slots(binding) == ConnectionLimits.NONE) {
            return "no known limit";
        }
        Limit next = least(binding);
        String first = String.format(Locale.ROOT, "%,d by %s", slots(binding), binding.words());
        return slots(next) == ConnectionLimits.NONE
                ? first
                : first + String.format(Locale.ROOT, "; %s would allow %,d", next.words(), slots(next));
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
