/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import org.slf4j.LoggerFactory;

/**
 * Finds out whether addresses tell of nobody, since a handful of them hold nearly all connections, as proxies do. In calm times only, and
 * slowly: a flood from a few addresses is just what fairness is for. Once found, a proxy stays one until there is calm again.
 */
final class ProxySearch {
    private static final int AFTER_SECONDS = 30;

    private final ConnectionTable table;
    private volatile boolean proxied;
    private int seconds;

    ProxySearch(ConnectionTable table) {
        this.table = table;
    }

    boolean proxied() {
        return proxied;
    }

    /** Once a second of calm. */
    void calmSecond() {
        seconds = table.fromAHandful() != proxied ? seconds + 1 : 0;
        if (seconds >= AFTER_SECONDS) {
            seconds = 0;
            proxied = !proxied;
            LoggerFactory.getLogger(AdmissionPolicy.class)
                    .info(
                            proxied
                                    ? "tcpguard: nearly all connections come from a handful of addresses, as from proxies: fairness"
                                            + " by address is off; 'behindProxy' would also end refusals by reset"
                                    : "tcpguard: connections come from many addresses again: fairness by address is on");
        }
    }
}
