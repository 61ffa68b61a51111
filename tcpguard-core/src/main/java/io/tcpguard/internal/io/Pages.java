/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.HealthPage;
import io.tcpguard.state.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** The verdict's text and headers, the same on the health port and in servers that tell it themselves. */
public final class Pages {
    /** The least time that DOWN lasts, in seconds: nothing changes before. */
    private static final int RETRY_AFTER = 5;

    private Pages() {}

    /**
     * The verdict of this moment. Any thread.
     *
     * @param stale whether the snapshot is not to be believed: up, then
     * @param details whether the asker may see the reason with its figures
     */
    public static HealthPage verdict(GuardSnapshot snapshot, boolean stale, boolean json, boolean details) {
        Statement s = Statement.of(snapshot, stale);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType(json));
        headers.put("Cache-Control", "no-store");
        headers.putAll(headers(s));
        return new HealthPage(s.up(), headers, body(s, json, details));
    }

    static String contentType(boolean json) {
        return json ? "application/json" : "text/plain; charset=utf-8";
    }

    static String body(Statement s, boolean json, boolean details) {
        return json
                ? JsonText.object(o -> s.members(o, details))
                : s.upOrDown() + ' ' + s.weight() + ' ' + s.level() + "\nlevel: " + s.level() + "\nleading: "
                        + s.leading() + "\nweight: " + s.weight() + "\nreason: " + (details ? s.reason() : s.cause())
                        + '\n';
    }

    /** What proxies and clients are told beside the text. */
    static Map<String, String> headers(Statement s) {
        if (!s.up()) {
            Map<String, String> down = new LinkedHashMap<>();
            down.put("x-envoy-immediate-health-check-fail", "true");
            down.put("Retry-After", Integer.toString(RETRY_AFTER));
            return down;
        }
        return s.level().atLeast(Level.SHED) && !s.cause().equals("stale")
                ? Map.of("x-envoy-degraded", "true")
                : Map.of();
    }
}
