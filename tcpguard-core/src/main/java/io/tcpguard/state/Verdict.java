/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

/**
 * What the load balancer is told.
 *
 * @param up whether new connections should come
 * @param weight 0..100; 0 exactly when down, else at least 1
 * @param reason one line for a person
 * @param by what kind of cause takes it out; {@link DownBy#NOBODY} exactly when up
 */
public record Verdict(boolean up, int weight, String reason, DownBy by) {
    /**
     * Refuses nonsense.
     *
     * @throws IllegalArgumentException if the weight is out of range or contradicts {@code up}, or {@code by} does
     */
    public Verdict {
        if (weight < 0 || weight > 100 || up != (weight > 0)) {
            throw new IllegalArgumentException(
                    "up=" + up + " weight=" + weight + " (expected: 1..100 when up, 0 when down)");
        }
        if (up != (by == DownBy.NOBODY)) {
            throw new IllegalArgumentException("up=" + up + " by=" + by + " (expected: NOBODY exactly when up)");
        }
    }

    /** Up, or down by a judgement of signals. */
    public Verdict(boolean up, int weight, String reason) {
        this(up, weight, reason, up ? DownBy.NOBODY : DownBy.SIGNALS);
    }
}
