/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import io.tcpguard.state.DownBy;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** wlc by keepalived: a check every 2 s, two retries after 1 s, back on one success; weight 0 for one that is out. */
final class FleetDirector {
    enum Kind {
        /** HTTP_GET. */
        UP_OR_DOWN,
        /** MISC_CHECK by a script that only reads the weight. */
        WEIGHTS,
        /** The shipped script with its state directory. */
        BUDGET
    }

    private static final long LOOP = 2_000_000_000L;
    private static final long BEFORE_RETRY = 1_000_000_000L;
    private static final int RETRIES = 2;

    private final Kind kind;
    private final List<FleetServer> servers;
    private final long[] nextCheck;
    private final int[] failed;
    final int[] weights;
    /** What the script notes of each: null while up. */
    final @Nullable DownBy[] noted;

    int downs;
    /** Something that must never be, in words. */
    String broken = "";

    FleetDirector(Kind kind, List<FleetServer> servers, Random random) {
        this.kind = kind;
        this.servers = servers;
        int n = servers.size();
        nextCheck = new long[n];
        failed = new int[n];
        weights = new int[n];
        noted = new DownBy[n];
        for (int i = 0; i < n; i++) {
            weights[i] = 100;
            nextCheck[i] = (long) (random.nextDouble() * LOOP);
        }
    }

    void check(long now) {
        for (int i = 0; i < weights.length; i++) {
            if (now >= nextCheck[i]) {
                nextCheck[i] = now + LOOP;
                checked(i, now);
            }
        }
    }

    private void checked(int i, long now) {
        Verdict verdict = servers.get(i).verdict();
        int told = verdict.weight();
        if (kind == Kind.BUDGET) {
            told = budgeted(i, verdict);
        }
        if (told > 0) {
            failed[i] = 0;
            weights[i] = kind == Kind.UP_OR_DOWN ? 100 : Math.max(1, (told + 5) / 10 * 10);
        } else if (weights[i] > 0 && ++failed[i] <= RETRIES) {
            nextCheck[i] = now + BEFORE_RETRY;
        } else if (weights[i] > 0) {
            weights[i] = 0;
            downs++;
            if (kind == Kind.BUDGET && verdict.by() == DownBy.SIGNALS && in() == 0 && weights.length > 1) {
                broken = "server " + i + " left for a judgement, and nobody was in any more";
            }
        }
    }

    /** As docs/keepalived/tcpguard-check.sh, which KeepalivedBudgetTest holds to the same. */
    private int budgeted(int i, Verdict verdict) {
        if (verdict.up()) {
            noted[i] = null;
            return verdict.weight();
        }
        if (verdict.by() != DownBy.SIGNALS) {
            noted[i] = verdict.by();
            return 0;
        }
        int judged = 0;
        int out = 0;
        for (int other = 0; other < noted.length; other++) {
            if (other != i && noted[other] != null) {
                out++;
                judged += noted[other] == DownBy.SIGNALS ? 1 : 0;
            }
        }
        if (noted.length > 1 && (judged >= allowed() || out + 1 >= noted.length)) {
            noted[i] = null;
            return 1;
        }
        noted[i] = DownBy.SIGNALS;
        return 0;
    }

    private int allowed() {
        return Math.max(1, weights.length / 3);
    }

    int in() {
        int count = 0;
        for (int weight : weights) {
            count += weight > 0 ? 1 : 0;
        }
        return count;
    }
}
