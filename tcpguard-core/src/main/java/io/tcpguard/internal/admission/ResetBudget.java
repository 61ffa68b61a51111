/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.Limit;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The one budget for resets, whatever their cause. In LVS direct routing the director never sees a server's RST, so
 * each leaves an entry that counts as active there for 15 minutes: a server in trouble looks a little fuller than it
 * is, and wlc goes elsewhere. A few hundred do good; tens of thousands would starve this server for a quarter of an
 * hour afterwards.
 *
 * <p>In any quarter of an hour: a quarter of the limit (256 at 1024, as measured) or of the slots, if these are fewer,
 * but no more than a fifth of the connections held: afterwards wlc gives this server fewer than the others by as many,
 * and equal servers are to be equal within a third. None behind a proxy, which would take a reset for a broken server,
 * and none where no balancer that counts connections is known to look. A number that is set stands for itself. Any
 * thread.
 */
public final class ResetBudget {
    private static final int MINUTES = 15;
    private static final int FIFTH = 5;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final int configured;
    private final boolean behindProxy;
    private final BooleanSupplier balancerCounts;
    private final long start;
    private final long[] taken = new long[MINUTES];
    private long minute;

    /** @param balancerCounts whether a balancer that counts connections checks this server */
    public ResetBudget(GuardConfig config, BooleanSupplier balancerCounts, long now) {
        configured = config.integer(Setting.RESET_BUDGET);
        behindProxy = config.flag(Setting.BEHIND_PROXY);
        this.balancerCounts = balancerCounts;
        start = now;
    }

    /** Whether there may be one reset more; then it is counted. */
    boolean take(Capacity capacity, long now) {
        return take(1, capacity, now) == 1;
    }

    /** Takes up to so many; answers how many. */
    int take(int most, Capacity capacity, long now) {
        int size = size(capacity);
        if (size <= 0 || most <= 0) {
            return 0;
        }
        synchronized (this) {
            forget(now);
            long spent = 0;
            for (long each : taken) {
                spent += each;
            }
            int granted = (int) Math.max(0, Math.min(most, size - spent));
            taken[slot(minute)] += granted;
            return granted;
        }
    }

    /** What was not needed after all. */
    void giveBack(int resets) {
        synchronized (this) {
            taken[slot(minute)] -= resets;
        }
    }

    private int size(Capacity capacity) {
        if (behindProxy) {
            return 0;
        }
        if (configured != Setting.BY_THE_LIMIT) {
            return configured;
        }
        return balancerCounts.getAsBoolean()
                ? (int) Math.min(Integer.MAX_VALUE, Math.min(limit(capacity) / 4, capacity.own() / FIFTH))
                : 0;
    }

    /** The limit that binds, whole: what a leak took of the descriptors does not lower it. */
    static long limit(Capacity capacity) {
        return capacity.binding() == Limit.DESCRIPTORS
                ? capacity.limit()
                : Math.min(capacity.limit(), capacity.slots());
    }

    private void forget(long now) {
        long newest = Math.max(minute, (now - start) / MINUTE);
        for (long each = Math.max(minute + 1, newest - MINUTES + 1); each <= newest; each++) {
            taken[slot(each)] = 0;
        }
        minute = newest;
    }

    private static int slot(long minute) {
        return (int) (minute % MINUTES);
    }
}
