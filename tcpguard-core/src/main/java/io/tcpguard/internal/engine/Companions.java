/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * How many descriptors the own connections bring with them: a gateway opens one or several to its back ends for each
 * client. Told from a leak by this: they come and go with the connections. Looks at how both change from one second to
 * the next, and holds what it found while nothing moves; a regression through the origin, with the past counting less
 * the more has happened since.
 */
final class Companions {
    /**
     * A back end is connected to a little later than its client: the longer looks are apart the fewer fall between two.
     */
    private static final long APART = TimeUnit.SECONDS.toNanos(1);
    /** After so many looks at which something had moved the past counts half. */
    private static final double KEPT = Math.pow(0.5, 1.0 / 60);
    /** Own connections that must have come or gone: chance makes fewer go together. */
    private static final double ENOUGH = 8;
    /** Of all change of the others, so much must be explained by the own, squared correlation. */
    private static final double EXPLAINED = 0.6;

    private static final double LEAST_EACH = 0.25;
    private static final double MOST_EACH = 64;

    private double own2;
    private double both;
    private double other2;
    private double moved;
    private double each;
    private long lastOwn;
    private long lastOther;
    private long lookedAt;
    private boolean looked;

    /** The descriptors among {@code other} that come with {@code own} connections. */
    long step(long other, long own, long now) {
        if (!looked || now - lookedAt >= APART) {
            if (looked) {
                learn((double) (own - lastOwn), (double) (other - lastOther));
            }
            looked = true;
            lookedAt = now;
            lastOwn = own;
            lastOther = other;
        }
        return Math.max(0, Math.min(other, Math.round(each * own)));
    }

    private void learn(double ownChange, double otherChange) {
        if (ownChange == 0 && otherChange == 0) {
            return;
        }
        own2 = own2 * KEPT + ownChange * ownChange;
        both = both * KEPT + ownChange * otherChange;
        other2 = other2 * KEPT + otherChange * otherChange;
        moved = moved * KEPT + Math.abs(ownChange);
        boolean explained = both > 0 && moved >= ENOUGH && both * both >= EXPLAINED * own2 * other2;
        double slope = explained ? both / own2 : 0;
        each = slope < LEAST_EACH ? 0 : Math.min(MOST_EACH, slope);
    }

    void forget() {
        looked = false;
        own2 = 0;
        both = 0;
        other2 = 0;
        moved = 0;
        each = 0;
    }
}
