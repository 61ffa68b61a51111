/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.Network;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.state.CheckerStatus;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for the verdict, how often, and what they were told. Bounded: the least known of them is forgotten when
 * another one comes. Safe from any thread.
 */
public final class Checkers {
    private static final GuardLog LOG = GuardLog.of(Checkers.class);

    /** How many are remembered. */
    static final int MOST = 64;

    private static final String DATAGRAM = "udp";
    /** Closer checks are one: several URLs or services of one director. */
    private static final long SAME_CHECK = TimeUnit.MILLISECONDS.toNanos(100);
    /** Whoever has not asked for this long asks no more, whatever the interval was. */
    private static final long ACTIVE_FOR = TimeUnit.MINUTES.toNanos(5);

    private static final long SHORTEST_INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_INTERVAL = TimeUnit.MINUTES.toNanos(2);
    /** Asked by datagrams; their senders may be forged, so they push nobody else out. */
    private static final int MOST_BY_DATAGRAM = 8;
    /**
     * From here the ramp (10 checks) takes five minutes and a flood is over before a director has seen anything of
     * it.
     */
    private static final long USELESS_INTERVAL = TimeUnit.SECONDS.toNanos(30);

    private static final long NOBODY_AFTER = TimeUnit.SECONDS.toNanos(60);

    private final NanoClock clock;
    private final List<Network> directors;
    private final List<CheckTimes> entries = new ArrayList<>(MOST);
    private long nobodySince;
    private boolean listening;
    private boolean anybody;
    private boolean warnedOfNobody;
    private boolean warnedOfInterval;

    /** @param directors whose checks set hold and ramp; empty: anybody's */
    Checkers(List<Network> directors, NanoClock clock) {
        this.directors = directors;
        this.clock = clock;
    }

    /** All that are remembered, the last one to ask first. */
    public synchronized List<Checker> all() {
        List<Checker> list = new ArrayList<>(entries.size());
        for (CheckTimes e : entries) {
            list.add(new Checker(e.address, e.asks, e.interval, e.last, e.checks, e.up, e.weight, e.haproxy));
        }
        long now = clock.nanoTime();
        list.sort(Comparator.comparingLong(c -> now - c.lastNanos()));
        return list;
    }

    /**
     * How often the load balancer checks, in nanoseconds: the shortest interval among those that check regularly and
     * still do, of the directors only where their networks are set; 0 if there is none yet. Between one second and
     * two minutes, so that whoever asks very often or very seldom moves little. Datagrams count for nothing: their
     * sender may be forged. This machine counts only where nobody else asks. Allocates nothing.
     */
    public synchronized long observedIntervalNanos() {
        long now = clock.nanoTime();
        CheckTimes best = null;
        for (int i = 0; i < entries.size(); i++) {
            CheckTimes e = entries.get(i);
            if (e.counts
                    && e.interval > 0
                    && e.steady
                    && now - e.last <= ACTIVE_FOR
                    && (best == null || better(e, best, now))) {
                best = e;
            }
        }
        return best == null ? 0 : Math.max(SHORTEST_INTERVAL, Math.min(LONGEST_INTERVAL, best.interval));
    }

    private static boolean better(CheckTimes one, CheckTimes other, long now) {
        if (one.late(now) != other.late(now)) {
            return other.late(now);
        }
        boolean local = one.address.isLoopbackAddress();
        if (local != other.address.isLoopbackAddress()) {
            return !local;
        }
        return one.interval < other.interval;
    }

    /** Who asks, in numbers; of the directors only where their networks are set. */
    public synchronized CheckerStatus status() {
        long now = clock.nanoTime();
        int regular = 0;
        long youngest = Long.MAX_VALUE;
        for (int i = 0; i < entries.size(); i++) {
            CheckTimes e = entries.get(i);
            if (directors.isEmpty() || Network.anyContains(directors, e.address)) {
                long age = Math.max(0, now - e.last);
                regular += e.interval > 0 && age <= ACTIVE_FOR ? 1 : 0;
                youngest = Math.min(youngest, age);
            }
        }
        return youngest == Long.MAX_VALUE
                ? CheckerStatus.NOBODY
                : new CheckerStatus(regular, Optional.of(Duration.ofNanos(youngest)));
    }

    /**
     * This one is a director of LVS, by what it asks: it balances by counting connections. Anybody may ask so; where
     * the directors' networks are set, it counts of these only.
     */
    synchronized void countsConnections(InetAddress address, String asks) {
        CheckTimes e = find(address, asks);
        if (e != null && (directors.isEmpty() || Network.anyContains(directors, address))) {
            e.countsConnections = true;
        }
    }

    /** Whether a director of LVS checks regularly, and still does. Allocates nothing. */
    public synchronized boolean anyCountsConnections() {
        long now = clock.nanoTime();
        for (int i = 0; i < entries.size(); i++) {
            CheckTimes e = entries.get(i);
            if (e.countsConnections && e.interval > 0 && now - e.last <= ACTIVE_FOR) {
                return true;
            }
        }
        return false;
    }

    /** These are no real checks. */
    synchronized void sayNothing() {
        anybody = true;
    }

    /** From now on somebody should come. */
    synchronized void listening(long now) {
        listening = true;
        nobodySince = now;
    }

    /** Somebody asked over a connection. */
    synchronized void checked(
            InetAddress address, String asks, boolean up, int weight, @Nullable HaproxyState haproxy, long now) {
        CheckTimes e = find(address, asks);
        if (e == null) {
            makeRoom(now);
            e = new CheckTimes(address, asks, directors.isEmpty() || Network.anyContains(directors, address), now);
            entries.add(e);
        }
        came(e, up, weight, now);
        e.haproxy = haproxy;
        if (!anybody) {
            anybody = true;
            LOG.info("First health check: from {} for {}", address.getHostAddress(), asks);
        }
        if (e.interval > USELESS_INTERVAL && e.counts && !warnedOfInterval) {
            warnedOfInterval = true;
            LOG.warn(
                    "{} checks only every {} s: the return to service is counted in checks, so it takes minutes. Let "
                            + "the load balancer check every 2 to 5 s",
                    address.getHostAddress(),
                    TimeUnit.NANOSECONDS.toSeconds(e.interval));
        }
    }

    /** A datagram was answered. Shown to people; hold and ramp do not go by it. */
    synchronized void datagram(InetAddress address, boolean up, int weight, long now) {
        CheckTimes e = find(address, DATAGRAM);
        if (e == null) {
            if (!makeRoomForDatagram(now)) {
                return;
            }
            e = new CheckTimes(address, DATAGRAM, false, now);
            entries.add(e);
        }
        came(e, up, weight, now);
        anybody |= e.interval > 0;
    }

    private static void came(CheckTimes e, boolean up, int weight, long now) {
        if (e.checks > 0 && now - e.last >= SAME_CHECK) {
            e.came(now);
        }
        e.checks++;
        e.up = up;
        e.weight = weight;
    }

    /** Says, once, that nobody has come. Returns when to look again; {@link Long#MAX_VALUE}: never. */
    synchronized long lookForNobody(long now) {
        if (!listening || anybody || warnedOfNobody) {
            return Long.MAX_VALUE;
        }
        long left = NOBODY_AFTER - (now - nobodySince);
        if (left > 0) {
            return left;
        }
        warnedOfNobody = true;
        LOG.warn("No health check for 60 s: point the load balancer's check at the health port, or it never learns the"
                + " verdict");
        return Long.MAX_VALUE;
    }

    private @Nullable CheckTimes find(InetAddress address, String asks) {
        for (int i = 0; i < entries.size(); i++) {
            CheckTimes e = entries.get(i);
            if (e.asks.equals(asks) && e.address.equals(address)) {
                return e;
            }
        }
        return null;
    }

    private void makeRoom(long now) {
        if (entries.size() >= MOST) {
            forgetOne(false, now);
        }
    }

    /** At the cost of other datagrams only. */
    private boolean makeRoomForDatagram(long now) {
        int datagrams = 0;
        for (CheckTimes e : entries) {
            datagrams += e.asks.equals(DATAGRAM) ? 1 : 0;
        }
        if (datagrams >= MOST_BY_DATAGRAM || (entries.size() >= MOST && datagrams > 0)) {
            forgetOne(true, now);
        }
        return entries.size() < MOST;
    }

    /** Passers-by give way before regulars, the longest silent one of them first. */
    private void forgetOne(boolean datagram, long now) {
        CheckTimes victim = null;
        for (CheckTimes e : entries) {
            if (datagram && !e.asks.equals(DATAGRAM)) {
                continue;
            }
            boolean regular = e.gapCount >= CheckTimes.GAPS_TO_KNOW && now - e.last <= ACTIVE_FOR;
            boolean victimRegular =
                    victim != null && victim.gapCount >= CheckTimes.GAPS_TO_KNOW && now - victim.last <= ACTIVE_FOR;
            if (victim == null || (regular == victimRegular ? now - e.last > now - victim.last : victimRegular)) {
                victim = e;
            }
        }
        if (victim != null) {
            entries.remove(victim);
        }
    }
}
