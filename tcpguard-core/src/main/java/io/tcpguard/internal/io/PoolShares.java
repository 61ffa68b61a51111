/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.state.DownBy;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server that is down by a judgement had better stay, by what its HAProxy says of the pool ({@code http-check
 * send-state}): all servers behind one sick back end judge the same, and who leaves last leaves nobody. A third of the
 * pool may be out, one server at least. What an address says decides only what that address is told, so strangers move
 * nothing. One thread.
 */
final class PoolShares {
    /** How many load balancers are remembered. */
    static final int MOST = 16;

    /** A pool that was made smaller on purpose is taken for whole after this. */
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(10);

    private static final double MOST_OUT = 1.0 / 3;
    /** HAProxy rounds weights up. */
    private static final double ROUNDING = 0.02;

    private final Map<InetAddress, Pool> pools = new LinkedHashMap<>();

    /** HAProxy at this address said this of the pool. Anything without weights is forgotten at once. */
    void said(InetAddress address, @Nullable HaproxyState state, long now) {
        if (state == null || state.weight() < 0 || state.totalWeight() < 0) {
            return;
        }
        Pool pool = pools.get(address);
        if (pool == null) {
            if (pools.size() >= MOST) {
                Iterator<Pool> oldest = pools.values().iterator();
                oldest.next();
                oldest.remove();
            }
            pool = new Pool(state, now);
            pools.put(address, pool);
        }
        pool.said(state, now);
    }

    /** What this address is to be told. */
    HealthStatus told(InetAddress address, HealthStatus status, long now) {
        if (status.by() != DownBy.SIGNALS) {
            return status;
        }
        Pool pool = pools.get(address);
        return pool == null || now - pool.last > WINDOW || pool.mayLeave() ? status : status.staying();
    }

    private static final class Pool {
        private double own;
        private double others;
        private double mostOthers;
        private double mostOwn;
        /**
         * The half window before this one: so that what was seen is forgotten in steps, and nothing is kept of each
         * check.
         */
        private double mostOthersBefore;

        private long since;
        private long last;

        Pool(HaproxyState state, long now) {
            since = now;
            own = state.weight();
            mostOwn = own;
        }

        void said(HaproxyState state, long now) {
            last = now;
            boolean in = state.status().startsWith("UP");
            own = state.weight();
            others = Math.max(0, state.totalWeight() - (in ? own : 0));
            if (now - since > WINDOW / 2) {
                mostOthersBefore = mostOthers;
                mostOthers = others;
                mostOwn = own;
                since = now;
            }
            mostOthers = Math.max(mostOthers, others);
            mostOwn = Math.max(mostOwn, own);
        }

        boolean mayLeave() {
            double whole = Math.max(mostOthers, mostOthersBefore);
            if (whole <= 0) {
                // A pool of one: nobody to go by.
                return true;
            }
            double out = whole - others;
            double all = whole + mostOwn;
            return others > 0 && (out < mostOwn / 2 || out + mostOwn <= all * (MOST_OUT + ROUNDING));
        }
    }
}
