/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * How much of a server's traffic is one listener's: the connections that it holds, and what was accepted and answered
 * lately. While its work is late its past stands: a listener that serves nobody must not weigh less by that.
 */
final class Traffic {
    private static final long EVERY = TimeUnit.SECONDS.toNanos(1);
    /** Half of it is forgotten in half a minute. */
    private static final double KEPT = Math.pow(0.5, 1.0 / 30);

    private double recent;
    private long soFar;
    private long held;
    private long steppedAt;
    private boolean stepped;

    void step(ListenerCondition listening, boolean late, long now) {
        if (stepped && now - steppedAt < EVERY) {
            return;
        }
        long total = listening.accepts() + listening.completed();
        long heldNow = (long) listening.held() + listening.untrackedConnections();
        long news = stepped ? Math.max(0, total - soFar) : 0;
        stepped = true;
        steppedAt = now;
        soFar = total;
        recent = (late ? recent : recent * KEPT) + news;
        held = late ? Math.max(held, heldNow) : heldNow;
    }

    double amount() {
        return recent + held;
    }
}
