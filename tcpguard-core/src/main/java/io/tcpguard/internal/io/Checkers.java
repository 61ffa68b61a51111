package io.tcpguard.internal.io;

import io.tcpguard.signal.NanoClock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who asks for the verdict, how often, and what they were told. Bounded: the least known of them is forgotten when another one
 * comes. Safe from any thread.
 */
public final class Checkers {
    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);

    /** How many are remembered. */
    static final int MOST = 64;

    private static final int GAPS = 8;
    private static final int GAPS_TO_KNOW = 3;
    /** Closer checks are one: several URLs or services of one director. */
    private static final long SAME_CHECK = TimeUnit.MILLISECONDS.toNanos(100);
    /** Whoever has not asked for this long asks no more, whatever the interval was. */
    private static final long ACTIVE_FOR = TimeUnit.MINUTES.toNanos(5);

    private static final long LONGEST_INTERVAL = TimeUnit.MINUTES.toNanos(2);
    /** From here the ramp (10 checks) takes five minutes and a flood is over before a director has seen anything of it. */
    private static final long USELESS_INTERVAL = TimeUnit.SECONDS.toNanos(30);

    private static final long NOBODY_AFTER = TimeUnit.SECONDS.toNanos(60);

    /**
     * One who checks.
     *
     * @param address where from
     * @param asks what: a path of the health port, {@code agent} or {@code udp}
     * @param intervalNanos the median of the last gaps between its checks; 0 while there were fewer than three
     * @param lastNanos when it asked last, on the guard's clock
     * @param checks how often it asked
     * @param toldUp what it was told last
     * @param toldWeight and with which weight, 0..100
     * @param haproxyState what it said of itself, if it is an HAProxy that sends its state
     */
    public record Checker(
            InetAddress address,
            String asks,
            long intervalNanos,
            long lastNanos,
            long checks,
            boolean toldUp,
            int toldWeight,
            @Nullable HaproxyState haproxyState) {}

    private static final class Entry {
        final InetAddress address;
        final String asks;
        final long[] gaps = new long[GAPS];
        long checks;
        long gapCount;
        long last;
        boolean up;
        int weight;

        @Nullable HaproxyState haproxy;

        Entry(InetAddress address, String asks, long now) {
            this.address = address;
            this.asks = asks;
            this.last = now;
        }

        /** Kept, so that to ask costs nothing; 0: not known yet. */
        long interval;

        long newInterval() {
            int known = (int) Math.min(gapCount, GAPS);
            if (known < GAPS_TO_KNOW) {
                return 0;
            }
            long[] sorted = Arrays.copyOf(gaps, known);
            Arrays.sort(sorted);
            return sorted[known / 2];
        }
    }

    private final NanoClock clock;
    private final List<Entry> entries = new ArrayList<>(MOST);
    private long nobodySince;
    private boolean listening;
    private boolean anybody;
    private boolean warnedOfNobody;
    private boolean warnedOfInterval;

    Checkers(NanoClock clock) {
        this.clock = clock;
    }

    /** All that are remembered, the last one to ask first. */
    public synchronized List<Checker> all() {
        List<Checker> list = new ArrayList<>(entries.size());
        for (Entry e : entries) {
            list.add(new Checker(e.address, e.asks, e.interval, e.last, e.checks, e.up, e.weight, e.haproxy));
        }
        long now = clock.nanoTime();
        list.sort(Comparator.comparingLong(c -> now - c.lastNanos()));
        return list;
    }

    /**
     * The longest interval among those that check regularly and still do, in nanoseconds; 0 if there is none yet. Who asks so seldom
     * that hold and ramp would be useless (monitoring, a passer-by) counts only where nobody asks more often, and then as two
     * minutes at most. Allocates nothing.
     */
    public synchronized long observedIntervalNanos() {
        long now = clock.nanoTime();
        long longest = 0;
        long useful = 0;
        for (int i = 0; i < entries.size(); i++) {
            Entry e = entries.get(i);
            if (now - e.last <= ACTIVE_FOR) {
                longest = Math.max(longest, e.interval);
                if (e.interval <= USELESS_INTERVAL) {
                    useful = Math.max(useful, e.interval);
                }
            }
        }
        return useful > 0 ? useful : Math.min(longest, LONGEST_INTERVAL);
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

    synchronized void checked(
            InetAddress address, String asks, boolean up, int weight, @Nullable HaproxyState haproxy, long now) {
        Entry e = find(address, asks);
        if (e == null) {
            e = new Entry(address, asks, now);
            makeRoom(now);
            entries.add(e);
        } else if (now - e.last >= SAME_CHECK) {
            e.gaps[(int) (e.gapCount++ % GAPS)] = now - e.last;
            e.last = now;
            e.interval = e.newInterval();
        }
        e.checks++;
        e.up = up;
        e.weight = weight;
        e.haproxy = haproxy;
        if (!anybody) {
            anybody = true;
            LOG.info("First health check: from {} for {}", address.getHostAddress(), asks);
        }
        long interval = e.interval;
        if (interval > USELESS_INTERVAL && !warnedOfInterval) {
            warnedOfInterval = true;
            LOG.warn(
                    "{} checks only every {} s: hold and ramp of the verdict work in checks, so they take minutes. Let the load"
                            + " balancer check every 2 to 5 s",
                    address.getHostAddress(),
                    TimeUnit.NANOSECONDS.toSeconds(interval));
        }
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
        LOG.warn(
                "Nobody has asked for health for 60 s: point the load balancer's check at the health port, or the verdict"
                        + " can't help");
        return Long.MAX_VALUE;
    }

    private @Nullable Entry find(InetAddress address, String asks) {
        for (int i = 0; i < entries.size(); i++) {
            Entry e = entries.get(i);
            if (e.asks.equals(asks) && e.address.equals(address)) {
                return e;
            }
        }
        return null;
    }

    /** Passers-by give way before regulars, the longest silent one of them first: spoofed datagrams can't push a director out. */
    private void makeRoom(long now) {
        if (entries.size() < MOST) {
            return;
        }
        Entry victim = entries.get(0);
        for (Entry e : entries) {
            boolean regular = e.gapCount >= GAPS_TO_KNOW && now - e.last <= ACTIVE_FOR;
            boolean victimRegular = victim.gapCount >= GAPS_TO_KNOW && now - victim.last <= ACTIVE_FOR;
            if (regular == victimRegular ? now - e.last > now - victim.last : victimRegular) {
                victim = e;
            }
        }
        entries.remove(victim);
    }
}
