/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import io.tcpguard.examples.demo.load.LoadPlan;
import java.util.Locale;

/**
 * Size and times of one run, in proportion to cluster and length: users who need 65 % of all connections, but for an
 * overload, then an incident; if it has a flood, as many abnormal clients again as make it 129 %.
 *
 * @param incident what befalls them, while the flood's time is
 * @param servers in the cluster
 * @param limit descriptors of each
 * @param seconds of the whole run
 * @param load clients and flood
 */
record Plan(Incident incident, int servers, int limit, int seconds, LoadPlan load) {
    /** What a server of either kind has open at rest: files, listeners, selectors. */
    private static final int AT_REST = 22;

    /** A user of the load stays 15 s and is away for 2 s, on average. */
    private static final double USERS_PER_SESSION = 17.0 / 15;

    static Plan of(Incident incident, int servers, int limit, int seconds) {
        int places = servers * (limit - AT_REST) / incident.descriptors();
        int millis = seconds * 1000;
        return new Plan(
                incident,
                servers,
                limit,
                seconds,
                new LoadPlan(
                        (int) (incident.users() * USERS_PER_SESSION * places),
                        millis / 8,
                        incident.flood() ? (int) (.64 * places) : 0,
                        (int) (.35 * millis),
                        millis / 12,
                        (int) (.72 * millis),
                        incident == Incident.ONE_BYTE));
    }

    int floodAt() {
        return load.floodAt() / 1000;
    }

    int floodUntil() {
        return load.floodUntil() / 1000;
    }

    String phase(int second) {
        if (second <= floodAt()) {
            return "before";
        }
        return second <= floodUntil() ? incident.noun().toUpperCase(Locale.ROOT) : "after";
    }
}
