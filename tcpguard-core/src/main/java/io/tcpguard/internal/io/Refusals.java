/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.internal.text.Plain;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.util.StringJoiner;

/** What was refused, connections and requests together, by cause. */
final class Refusals {
    private Refusals() {}

    static String inWords(RefusalCounters counters) {
        StringJoiner causes = new StringJoiner(", ", " (", ")").setEmptyValue("");
        long all = 0;
        for (Reason cause : Reason.values()) {
            long refused = of(counters, cause);
            all += refused;
            if (refused > 0) {
                causes.add(Plain.words(cause) + " " + refused);
            }
        }
        return all + " refused" + causes + ", " + counters.of(Stage.KEEP_ALIVE) + " idle ones evicted";
    }

    static void byCause(JsonText json, RefusalCounters counters) {
        for (Reason cause : Reason.values()) {
            json.member(cause.name(), of(counters, cause));
        }
    }

    private static long of(RefusalCounters counters, Reason cause) {
        long sum = 0;
        for (Method way : Method.values()) {
            sum += counters.of(Stage.ACCEPT, way, cause) + counters.of(Stage.REQUEST, way, cause);
        }
        return sum;
    }
}
