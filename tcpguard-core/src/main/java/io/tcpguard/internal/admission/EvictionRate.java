/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Capacity;

/**
 * How many idle connections may be evicted in a second.
 *
 * @param configured 0: by the limit
 */
record EvictionRate(int configured) {
    /**
     * Connections that never sent a byte, or keep a thread waiting, may be evicted this many times faster: nobody is
     * served on them.
     */
    static final double SILENT_FACTOR = 4;

    private static final double LEAST = 20;

    static EvictionRate of(GuardConfig config) {
        return new EvictionRate(config.integer(Setting.EVICTIONS_PER_SECOND));
    }

    double perSecond(Capacity capacity) {
        return configured > 0 ? configured : Math.max(LEAST, ResetBudget.limit(capacity) / 10.0);
    }
}
