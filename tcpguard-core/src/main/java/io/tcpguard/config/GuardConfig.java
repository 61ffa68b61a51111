/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings in force: what was given, else the default; each value is in its range. Durations are told in
 * nanoseconds, shares as 0 to 1. Immutable, any thread.
 */
public final class GuardConfig {
    static final int STALE_PERIODS = 10;
    private static final int USUAL_RESERVE = 16;
    /** Of the limit, together with {@link #OF_THE_GUARD}: what a server may lose by having a guard. */
    private static final double RESERVE_SHARE = 0.02;
    /** Descriptors that the guard itself has open: its health port, spares, counters of the kernel. */
    private static final long OF_THE_GUARD = 8;
    /** What uses the reserve does not grow with the limit: answers are 256 at most. */
    private static final long MOST_RESERVE = 2048;
    /**
     * Below {@value #USUAL_RESERVE} × 20 + 40 descriptors the reserve shrinks, so that nine tenths of what a server
     * has are its clients'.
     */
    private static final long OF_THE_SERVER_ITSELF = 40;

    private static final long PER_DESCRIPTOR_IN_RESERVE = 20;

    private final Map<Setting, Object> values;
    private final Set<Setting> given;
    private final long staleAfterNanos;

    /**
     * Defaults, with these instead of some, and not {@linkplain Setting#ENABLED enabled} if the process says so. Values
     * must have passed {@link Setting#check}.
     *
     * @throws IllegalArgumentException naming both settings and their values, if two contradict each other and the
     *     guard is not switched off
     */
    public GuardConfig(Map<Setting, Object> given) {
        EnumMap<Setting, Object> all = new EnumMap<>(Setting.class);
        for (Setting s : Setting.values()) {
            all.put(s, given.containsKey(s) ? s.check(given.get(s)) : s.byDefault());
        }
        if (isSwitchedOff()) {
            all.put(Setting.ENABLED, false);
        }
        if (!Boolean.FALSE.equals(all.get(Setting.ENABLED))) {
            Contradictions.refuse(given, all);
        }
        values = all;
        this.given = Set.copyOf(given.keySet());
        // Asked at each accept.
        staleAfterNanos = STALE_PERIODS * nanos(Setting.SAMPLE_PERIOD);
    }

    /** By the process, whatever else is said. */
    static boolean isSwitchedOff() {
        return "false".equalsIgnoreCase(System.getProperty("tcpguard.enabled"))
                || "false".equalsIgnoreCase(System.getenv("TCPGUARD_ENABLED"));
    }

    /** Defaults only. */
    public static GuardConfig defaults() {
        return new GuardConfig(Map.of());
    }

    /** Whether a value was given for it, be it that of the default. */
    public boolean isGiven(Setting setting) {
        return given.contains(setting);
    }

    /** A setting that is a duration, in nanoseconds. */
    public long nanos(Setting setting) {
        return ((Duration) value(setting)).toNanos();
    }

    /** A setting that is a whole number. */
    public int integer(Setting setting) {
        return (Integer) value(setting);
    }

    /** A setting that is a share. */
    public double share(Setting setting) {
        return (Double) value(setting);
    }

    /** A setting that is true or false. */
    public boolean flag(Setting setting) {
        return (Boolean) value(setting);
    }

    /** A setting that is a text. */
    public String text(Setting setting) {
        return (String) value(setting);
    }

    /** A setting that is a list of networks. */
    public List<Network> networks(Setting setting) {
        return ((List<?>) value(setting)).stream().map(Network.class::cast).toList();
    }

    /** Whether the address is in a setting that is a list of networks; false for null. */
    public boolean contains(Setting networks, @Nullable InetAddress address) {
        return address != null && Network.anyContains(networks(networks), address);
    }

    /**
     * Descriptors kept back of a limit: {@link Setting#RESERVE}, but never more than half of a tiny one. By default
     * 16, and of more than 1200 what 2 % leave beside the guard's own eight, 2048 at most; of less than 360 fewer: 10
     * of 256, 1 of 64. Of less than 60 none: there the guard decides nothing.
     */
    public long reserve(long limit) {
        int configured = integer(Setting.RESERVE);
        return configured > 0 ? Math.min(configured, limit / 2) : usualReserve(limit);
    }

    private static long usualReserve(long limit) {
        long ofASmallLimit = Math.max(0, (limit - OF_THE_SERVER_ITSELF) / PER_DESCRIPTOR_IN_RESERVE);
        return ofASmallLimit < USUAL_RESERVE
                ? ofASmallLimit
                : Math.min(MOST_RESERVE, Math.max(USUAL_RESERVE, Math.round(limit * RESERVE_SHARE) - OF_THE_GUARD));
    }

    /**
     * Age in nanoseconds from which a sample is stale: ten sample periods, longer than those of a busy machine are
     * apart.
     */
    public long staleAfterNanos() {
        return staleAfterNanos;
    }

    private Object value(Setting setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalStateException("no value for " + setting);
        }
        return value;
    }
}
