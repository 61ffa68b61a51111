/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import io.tcpguard.internal.meters.MeterFamily.MeterKind;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Rank;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import io.tcpguard.state.WaitHistogram;
import java.util.ArrayList;
import java.util.List;

/** Meters of who was refused, evicted or had to wait: counters since the start, in connections or requests. */
final class RefusalMeters {
    private RefusalMeters() {}

    static void add(MeterList all) {
        List<Series> kinds = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            for (Method method : Method.values()) {
                for (Reason reason : Reason.values()) {
                    kinds.add(MeterList.series(
                            List.of(MeterValues.tag(method), MeterValues.tag(reason), MeterValues.tag(stage)),
                            s -> s.shed().of(stage, method, reason)));
                }
            }
        }
        all.add(new MeterFamily(
                "tcpguard.shed",
                MeterKind.COUNTER,
                MeterTable.NO_UNIT,
                "refused connections and requests, evicted idle connections",
                "",
                List.of("method", "reason", "stage"),
                kinds,
                null));
        all.add(ranks());
        all.counter(
                "tcpguard.waited", MeterTable.CONNECTIONS, "connections that had to wait for a slot", s -> s.status()
                        .waited());
        all.add(waits());
        all.counter(
                "tcpguard.connects.without.port",
                MeterTable.NO_UNIT,
                "outgoing connects that found no local port, as far as the application reports them",
                s -> s.status().connectsWithoutPort());
    }

    /** A histogram, as a counter for each bound: Micrometer takes no buckets that somebody else fills. */
    private static MeterFamily waits() {
        List<Series> within = new ArrayList<>();
        for (int i = 0; i <= WaitHistogram.BOUNDS.size(); i++) {
            int bound = i;
            String seconds = i < WaitHistogram.BOUNDS.size()
                    ? WaitHistogram.BOUNDS.get(i).toString()
                    : "+Inf";
            within.add(MeterList.series(
                    List.of(seconds), s -> s.status().waits().within().get(bound)));
        }
        return new MeterFamily(
                "tcpguard.wait.within",
                MeterKind.COUNTER,
                MeterTable.CONNECTIONS,
                "connections that waited for a slot for no longer than so many seconds, and wait no more",
                "",
                List.of("within"),
                within,
                null);
    }

    private static MeterFamily ranks() {
        List<Series> kinds = new ArrayList<>();
        for (Decision decision : Decision.values()) {
            for (Rank rank : Rank.values()) {
                kinds.add(MeterList.series(List.of(MeterValues.tag(decision), MeterValues.tag(rank)), s -> s.shed()
                        .of(rank, decision == Decision.ADMITTED)));
            }
        }
        return new MeterFamily(
                "tcpguard.sources",
                MeterKind.COUNTER,
                MeterTable.CONNECTIONS,
                "new connections while slots were scarce, by what their source is known for",
                "",
                List.of("decision", "rank"),
                kinds,
                null);
    }

    private enum Decision {
        ADMITTED,
        REFUSED
    }
}
