/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

/**
 * Hysteresis in value and in time: raised once the value has been at the enter point for the whole delay, calm once it
 * has been below the leave point for the whole dwell, each without a break. Not a record: it steps fifty times a second
 * and must not allocate.
 */
final class Latch {
    private final double enter;
    private final double leave;
    private final long delayNanos;
    private final long dwellNanos;
    private boolean raised;
    private boolean pending;
    private long pendingSince;

    Latch(double enter, double leave, long delayNanos, long dwellNanos) {
        if (!(0 <= leave && leave <= enter)) {
            throw new IllegalArgumentException(
                    "enter=" + enter + " leave=" + leave + " (expected: 0 <= leave <= enter)");
        }
        this.enter = enter;
        this.leave = leave;
        this.delayNanos = delayNanos;
        this.dwellNanos = dwellNanos;
    }

    boolean step(double value, long now) {
        boolean turning = raised ? value < leave : value >= enter;
        if (!turning) {
            pending = false;
            return raised;
        }
        if (!pending) {
            pending = true;
            pendingSince = now;
        }
        if (now - pendingSince >= (raised ? dwellNanos : delayNanos)) {
            raised = !raised;
            pending = false;
        }
        return raised;
    }

    boolean raised() {
        return raised;
    }
}
