/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Slots of one listener that go round while they are scarce: who has had one for longer than healthy sessions last
 * gives it back with its next answer, while anybody waits and for each who is refused, and no faster at one listener
 * than idle connections may be evicted.
 */
final class SlotRotation {
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger credit = new AtomicInteger();
    private volatile long bound = TenureEstimator.NONE;
    private double due;

    /** Somebody waits for a slot, or went without one. */
    void wanted() {
        if (wanted.get() < Short.MAX_VALUE) {
            wanted.incrementAndGet();
        }
    }

    /**
     * Once a sample, by the sampler.
     *
     * @param boundNanos how long healthy sessions last, while slots are scarce; else {@link TenureEstimator#NONE}
     * @param perSecond how many may be asked to leave
     * @param step since the last sample
     */
    void sampled(long boundNanos, double perSecond, long step) {
        if (boundNanos != bound) {
            bound = boundNanos;
        }
        int waiting = wanted.getAndSet(0);
        if (boundNanos == TenureEstimator.NONE) {
            due = 0;
            credit.set(0);
            return;
        }
        due = Math.min(Math.max(1, perSecond / 4), due + perSecond * step / SECOND);
        int more = Math.min(waiting, (int) due);
        due -= more;
        int most = Math.max(1, (int) (perSecond / 4));
        credit.set(Math.min(most, credit.get() + more));
    }

    /**
     * Whether a connection gives its slot back now. On each answer: one volatile read as a rule.
     *
     * @param age since it was opened
     * @param hurried whether it is of those whose turns are short
     */
    boolean isOver(long age, boolean hurried) {
        long most = bound;
        if (most == TenureEstimator.NONE || (age < most && !hurried)) {
            return false;
        }
        for (int now = credit.get(); now > 0; now = credit.get()) {
            if (credit.compareAndSet(now, now - 1)) {
                given.incrementAndGet();
                return true;
            }
        }
        return false;
    }

    /** How many were asked to leave since the start. */
    int given() {
        return given.get();
    }
}
