/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.GuardLog;

/**
 * Whether the addresses are those of proxies: a handful of them hold nearly all connections, so they tell no client
 * from another. By their number alone in calm times only, and slowly: a flood from a few addresses is just what
 * fairness is for. Within seconds, and in any state, where they say of themselves that they speak for others and nobody
 * else is here to be fair to: no more than a handful of other addresses hold a connection, were refused lately, or are
 * known for good. So who forges that word among many gains nothing.
 */
final class ProxySearch {
    private static final int AFTER_SECONDS = 30;

    /** By what they say. */
    private static final int SAID_FOR_SECONDS = 2;

    /** Proxies and a handful of others may have been refused. */
    private static final int REFUSED = 16;

    /** The same, with the networks around each, may be known for good. */
    private static final int KNOWN = 48;

    private final ConnectionTable table;
    private final RefusedSources refused;
    private volatile boolean proxied;
    private int seconds;

    /** Found by what they say only: it ends as soon as that is no longer so. */
    private boolean bySaying;

    private int said;
    private int unsaid;

    /** Seconds for which it must be said; longer after it was not true. */
    private int enough = SAID_FOR_SECONDS;

    ProxySearch(ConnectionTable table, RefusedSources refused) {
        this.table = table;
        this.refused = refused;
    }

    boolean proxied() {
        return proxied;
    }

    /** Once a second. */
    void second(boolean calm, long now) {
        if (calm) {
            calmSecond();
        }
        boolean says = table.forwardedByAHandful()
                && refused.known(now) <= REFUSED
                && table.clients().history().memory().good() <= KNOWN;
        said = says ? said + 1 : 0;
        unsaid = says ? 0 : unsaid + 1;
        if (!proxied && said >= enough) {
            bySaying = true;
            turn(
                    true,
                    "tcpguard: nearly all connections come from a handful of addresses that say they speak for others"
                            + " (X-Forwarded-For, Forwarded or PROXY protocol): fairness by address is off; "
                            + "'behindProxy' would also end refusals by reset");
        } else if (proxied && bySaying && unsaid >= SAID_FOR_SECONDS) {
            enough = AFTER_SECONDS;
            turn(false, "tcpguard: others come beside those who say they speak for others: fairness by address is on");
        }
    }

    private void calmSecond() {
        boolean handful = table.fromAHandful();
        seconds = handful != (proxied && !bySaying) ? seconds + 1 : 0;
        if (seconds < AFTER_SECONDS) {
            return;
        }
        seconds = 0;
        if (proxied && bySaying) {
            // From now on by their number, too, and for as long as there is no calm.
            bySaying = false;
        } else if (proxied) {
            turn(false, "tcpguard: connections come from many addresses again: fairness by address is on");
        } else {
            turn(
                    true,
                    "tcpguard: nearly all connections come from a handful of addresses, as from proxies: fairness"
                            + " by address is off; 'behindProxy' would also end refusals by reset");
        }
    }

    private void turn(boolean on, String why) {
        proxied = on;
        bySaying &= on;
        GuardLog.of(ProxySearch.class).info(why);
    }
}
