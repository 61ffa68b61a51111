/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Cause;
import io.tcpguard.state.RefusalCounters.Layer;
import io.tcpguard.state.RefusalCounters.Way;
import java.util.Locale;
import java.util.StringJoiner;

/** What was refused, connections and requests together, by cause. */
final class Refusals {
    private Refusals() {}

    static String inWords(RefusalCounters counters) {
        StringJoiner causes = new StringJoiner(", ", " (", ")").setEmptyValue("");
        long all = 0;
        for (Cause cause : Cause.values()) {
            long refused = of(counters, cause);
            all += refused;
            if (refused > 0) {
                causes.add(cause.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + refused);
            }
        }
        return all + " refused" + causes + ", " + counters.of(Layer.IDLE) + " idle ones evicted";
    }

    static void byCause(JsonText json, RefusalCounters counters) {
        for (Cause cause : Cause.values()) {
            json.member(cause.name(), of(counters, cause));
        }
    }

    private static long of(RefusalCounters counters, Cause cause) {
        long sum = 0;
        for (Way way : Way.values()) {
            sum += counters.of(Layer.ACCEPT, way, cause) + counters.of(Layer.REQUEST, way, cause);
        }
        return sum;
    }
}
