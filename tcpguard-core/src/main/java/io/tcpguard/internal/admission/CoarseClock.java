/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

/**
 * The time of the last sample, less all pauses of the process. Requests stamp their connections with it: exact to a sample period, which is plenty for idle times
 * of seconds, and cheaper than asking the system. If the sampler stops, idle times stop growing and nobody is evicted.
 */
public final class CoarseClock {
    private volatile long nanos;

    /** Starts at this time. */
    public CoarseClock(long nowNanos) {
        nanos = nowNanos;
    }

    /** Sampler thread only. */
    public void advance(long nowNanos) {
        nanos = nowNanos;
    }

    long nanos() {
        return nanos;
    }
}
