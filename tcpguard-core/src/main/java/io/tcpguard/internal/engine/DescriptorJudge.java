/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Trend;
import java.util.concurrent.TimeUnit;

/**
 * The levels of DESCRIPTORS. Own connections are shed at the admission threshold and never fail health; what
 * connections do not explain does: too little left that clients could use, or a reserve that is eaten in spite of
 * shedding.
 */
final class DescriptorJudge {
    private final GuardConfig config;
    private final double elevatedAt;
    private final double minUsable;
    private final double failHealthAt;
    private final Latch elevated;
    private final Latch shed;
    private final Latch unusable;
    private final Latch critical;
    private final Latch healthFirst;
    private final DescriptorTrend growth = new DescriptorTrend();
    private final Companions companions = new Companions();
    private Capacity capacity = Capacity.UNKNOWN;
    private ConnectionLimits limits = ConnectionLimits.UNBOUNDED;
    private Trend trend = Trend.CALM;
    /** When the reserve was last whole; negative if it never was. */
    private long usedBefore = -1;

    private long ownBefore;

    // What each cause of DRAIN was when it was there last: its latch outlasts it.
    private boolean few;
    private long usableThen;
    private boolean eaten;
    private long usedThen;
    private long othersThen;

    DescriptorJudge(GuardConfig config) {
        this.config = config;
        elevatedAt = config.share(Setting.ELEVATED_AT);
        minUsable = config.share(Setting.MIN_USABLE);
        failHealthAt = config.share(Setting.FAIL_HEALTH_AT);
        long dwell = config.nanos(Setting.DWELL);
        long drainAfter = config.nanos(Setting.DRAIN_AFTER);
        // The values that these latches see are distances to points that move with the limit, so enter is always 0 or
        // 1.
        elevated = new Latch(1, Math.max(0.5, 1 - 0.05 / elevatedAt), 0, dwell);
        shed = new Latch(1, 0.95, 0, dwell);
        unusable = new Latch(1, 1, drainAfter, dwell);
        critical = new Latch(1, 1, TimeUnit.SECONDS.toNanos(1), dwell);
        healthFirst = new Latch(failHealthAt, Math.max(0, failHealthAt - 0.2), 0, dwell);
    }

    void limits(ConnectionLimits ofConnections) {
        limits = ofConnections;
    }

    /** The admission threshold for a limit: what is above it is the reserve. */
    long admissionThreshold(long limit) {
        return limit - config.reserve(limit);
    }

    /**
     * @param shedNow whether a new connection was refused or evicted another within the last second
     */
    Level step(Reading reading, long own, boolean shedNow, long now) {
        if (!(reading instanceof Reading.Measured m)) {
            if (capacity.known() || !capacity.connections().equals(limits)) {
                capacity = new Capacity(0, 0, 0, 0, Long.MAX_VALUE, limits);
            }
            trend = growth.unknown();
            companions.forget();
            allLeft(now);
            return Level.NORMAL;
        }
        long point = admissionThreshold(m.limit());
        long brought = companions.step(Math.max(0, m.used() - own), own, now);
        trend = growth.step(m.used(), own + brought, m.limit(), now);
        if (capacity.used() != m.used()
                || capacity.limit() != m.limit()
                || capacity.own() != own
                || capacity.brought() != brought
                || !capacity.connections().equals(limits)) {
            capacity = new Capacity(m.limit(), m.used(), own, brought, point, limits);
        }
        double elevatedPoint = Math.min(elevatedAt * m.limit(), 0.95 * point);
        if (point >= m.limit()) {
            // Nothing can be kept back of so few: the server does as it would without a guard.
            allLeft(now);
            return Level.NORMAL;
        }
        boolean elevates = elevated.step(m.used() / elevatedPoint, now);
        boolean shedding = shed.step(shedNow ? 1 : (double) m.used() / point, now);
        // Files that are opened once and kept are no leak, however many: it must have gone on. Left when a
        // tenth more of the limit is usable again.
        double usableShare = capacity.usableShare();
        boolean leaks = trend.kind() == Trend.Kind.LEAK;
        few = unusable.raised() ? usableShare < minUsable + 0.1 : leaks && usableShare < minUsable;
        eaten = eatenByOthers(m, own + brought);
        noteCauses(own + brought);
        boolean leaking = unusable.step(few ? 1 : 0, now);
        boolean helpless = critical.step(eaten ? 1 : 0, now);
        boolean first = failHealthAt < 1 && healthFirst.step(reading.pressure(), now);
        if (leaking || helpless || first) {
            return Level.DRAIN;
        }
        return shedding ? Level.SHED : elevates ? Level.ELEVATED : Level.NORMAL;
    }

    /**
     * Whether the reserve is gone, and more of it to others than to connections. Connections can't take much of it, but
     * for those that come without asking; and full of clients is no reason to fail.
     */
    private boolean eatenByOthers(Reading.Measured m, long own) {
        long point = admissionThreshold(m.limit());
        long reserve = m.limit() - point;
        if (m.used() <= point + reserve / 4) {
            // As much as the admissions of one moment may pass it by.
            usedBefore = m.used();
            ownBefore = own;
        } else if (usedBefore < 0) {
            // Found so: connections are given no blame that cannot be told.
            ownBefore = own;
        }
        long more = m.used() - usedBefore;
        long others = more - (own - ownBefore);
        // The second where a limit was lowered below what was open before.
        boolean byOthers = others * 2 > more && others * 2 > m.used() - point - reserve / 4;
        if (critical.raised()) {
            // Clients who fill the server again are no reason to stay.
            return byOthers;
        }
        // Farther than the admissions of one moment and one in hand can come: of a tiny reserve they could eat all.
        long eaten = Math.max(m.limit() - Math.max(2, reserve / 8), point + reserve / 4 + 2);
        return m.used() >= eaten && byOthers;
    }

    private void noteCauses(long own) {
        if (few) {
            usableThen = capacity.usable();
        }
        if (eaten) {
            usedThen = capacity.used();
            othersThen = capacity.used() - usedBefore - (own - ownBefore);
        }
    }

    private void allLeft(long now) {
        elevated.step(0, now);
        shed.step(0, now);
        unusable.step(0, now);
        critical.step(0, now);
        healthFirst.step(0, now);
    }

    Capacity capacity() {
        return capacity;
    }

    Trend trend() {
        return trend;
    }

    /** What the level is about, in words, with how long the descriptors last if they grow. */
    String sentence(Level level) {
        return switch (level) {
            case NORMAL -> "no pressure";
            case ELEVATED -> withTrend("descriptors come near the limit");
            case SHED ->
                capacity.takenByClients()
                        ? "descriptors are full of connections: new connections evict idle ones, wait or are refused"
                        : "descriptors are taken by something other than connections: new connections evict idle ones, "
                                + "wait or are refused";
            case DRAIN -> withTrend(whyDrain());
        };
    }

    /** Why new connections are refused at the admission threshold. */
    RefusalCounters.Reason cause() {
        return capacity.takenByClients()
                ? RefusalCounters.Reason.CONNECTIONS
                : RefusalCounters.Reason.OTHER_DESCRIPTORS;
    }

    private String withTrend(String sentence) {
        return trend.kind() == Trend.Kind.CALM ? sentence : sentence + "; " + trend.sentence();
    }

    private String whyDrain() {
        String all = " of " + capacity.limit() + " descriptors ";
        if (unusable.raised() && !few) {
            return "only " + usableThen + all + "were usable for clients; " + capacity.usable() + " are now";
        }
        if (unusable.raised()) {
            return "only " + capacity.usable() + all + "are usable for clients: " + capacity.other()
                    + " are held by something else";
        }
        if (critical.raised() && !eaten) {
            return usedThen + all + "were open in spite of shedding, " + othersThen
                    + " more than before by others than clients; " + capacity.used() + " are open now";
        }
        if (critical.raised()) {
            return usedThen + all + "are open in spite of shedding: " + othersThen
                    + " more than before by others than clients";
        }
        String is = capacity.used() >= failHealthAt * capacity.limit() ? "is" : "was";
        return "descriptor pressure " + is + " above failHealthAt=" + failHealthAt;
    }
}
