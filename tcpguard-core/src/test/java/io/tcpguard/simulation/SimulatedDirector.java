/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * wlc over real servers, and keepalived's HTTP_GET: every 2 s, one retry after 1 s, back on one success; no
 * inhibit_on_failure.
 */
final class SimulatedDirector {
    private static final long LOOP = 2_000_000_000L;
    private static final long BEFORE_RETRY = 1_000_000_000L;

    private final SimulatedServer[] servers;
    private final boolean[] in;
    private final boolean[] retrying;
    private final long[] nextCheck;
    int downs;

    SimulatedDirector(SimulatedServer[] servers, Random random) {
        this.servers = servers;
        in = new boolean[servers.length];
        retrying = new boolean[servers.length];
        nextCheck = new long[servers.length];
        for (int i = 0; i < servers.length; i++) {
            in[i] = true;
            nextCheck[i] = (long) (random.nextDouble() * LOOP);
        }
    }

    @Nullable SimulatedServer choose() {
        SimulatedServer best = null;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < servers.length; i++) {
            if (in[i] && servers[i].cost < least) {
                least = servers[i].cost;
                best = servers[i];
            }
        }
        return best;
    }

    void check(long now) {
        for (int i = 0; i < servers.length; i++) {
            if (now < nextCheck[i]) {
                continue;
            }
            nextCheck[i] = now + LOOP;
            boolean up = servers[i].snapshot().verdict().up();
            if (up) {
                retrying[i] = false;
                in[i] = true;
            } else if (in[i] && !retrying[i]) {
                retrying[i] = true;
                nextCheck[i] = now + BEFORE_RETRY;
            } else if (in[i]) {
                in[i] = false;
                retrying[i] = false;
                downs++;
                servers[i].forgotten();
            }
        }
    }

    int serversIn() {
        int count = 0;
        for (boolean one : in) {
            count += one ? 1 : 0;
        }
        return count;
    }
}
