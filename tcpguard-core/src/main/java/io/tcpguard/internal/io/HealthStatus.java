/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.internal.text.Plain;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.HealthPage;
import io.tcpguard.state.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is said of the server at this moment, in every format.
 *
 * @param up whether new connections should come
 * @param weight 0..100
 * @param level the level in force
 * @param leading the leading signal's name, or "none"
 * @param cause why, in a word or two that anybody may read
 * @param reason why, in a line for those who may see details
 * @param by what kind of cause takes it out; {@link DownBy#NOBODY} while up
 */
public record HealthStatus(
        boolean up, int weight, Level level, String leading, String cause, String reason, DownBy by) {
    private static final int FAILED_OPEN = 10;
    private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f&&[^\\t]]");
    /** The least time that DOWN lasts, in seconds: nothing changes before. */
    private static final int RETRY_AFTER = 5;

    /**
     * The verdict of this moment, for servers that tell it themselves. Any thread.
     *
     * @param stale whether the snapshot is not to be believed: up, then
     * @param details whether the asker may see the reason with its figures
     */
    public static HealthPage page(GuardSnapshot snapshot, boolean stale, boolean json, boolean details) {
        HealthStatus s = of(snapshot, stale);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType(json));
        headers.put("Cache-Control", "no-store");
        headers.putAll(s.headers());
        return new HealthPage(s.up(), headers, s.body(json, details));
    }

    static HealthStatus of(GuardView view) {
        return of(view.snapshot(), view.stale());
    }

    /**
     * What is told of a snapshot.
     *
     * @param stale whether it is not to be believed: up, then
     */
    public static HealthStatus of(GuardSnapshot snapshot, boolean stale) {
        String leading =
                snapshot.leading() == null ? "none" : snapshot.leading().name();
        if (stale) {
            // A guard that has long not seen anything must not take its server out: fail open, and say so.
            return new HealthStatus(
                    true,
                    weight(snapshot, true),
                    snapshot.level(),
                    leading,
                    "stale",
                    "stale: no sample could be taken for long, failing open",
                    DownBy.NOBODY);
        }
        return new HealthStatus(
                snapshot.verdict().up(),
                snapshot.verdict().weight(),
                snapshot.level(),
                leading,
                cause(snapshot),
                oneLine(snapshot.verdict().reason()),
                snapshot.verdict().by());
    }

    /** The same server, told to stay with the least weight since too many others are out already. */
    HealthStatus staying() {
        return new HealthStatus(
                true,
                1,
                level,
                leading,
                "others are out",
                "up since others are out, although " + reason,
                DownBy.NOBODY);
    }

    /** What takes it out, in one word; empty while up. */
    String byWord() {
        return up ? "" : Plain.words(by);
    }

    /** What was down comes back with the least of the ramp. */
    static int weight(GuardSnapshot snapshot, boolean up) {
        return !up ? 0 : snapshot.verdict().up() ? snapshot.verdict().weight() : FAILED_OPEN;
    }

    JsonText members(JsonText json, boolean details) {
        return json.member("up", up)
                .member("weight", weight)
                .member("level", level.name())
                .member("leading", leading.equals("none") ? null : leading)
                .member("down", up ? null : byWord())
                .member("reason", details ? reason : cause);
    }

    static String contentType(boolean json) {
        return json ? "application/json" : "text/plain; charset=utf-8";
    }

    String body(boolean json, boolean details) {
        return json
                ? JsonText.object(o -> members(o, details))
                : upOrDown() + ' ' + weight + ' ' + level + "\nlevel: " + level + "\nleading: " + leading + "\nweight: "
                        + weight + (up ? "" : "\ndown: " + byWord()) + "\nreason: " + (details ? reason : cause) + '\n';
    }

    /** What proxies and clients are told beside the text. */
    Map<String, String> headers() {
        if (!up) {
            Map<String, String> down = new LinkedHashMap<>();
            down.put("x-envoy-immediate-health-check-fail", "true");
            down.put("Retry-After", Integer.toString(RETRY_AFTER));
            return down;
        }
        return level.atLeast(Level.SHED) && !cause.equals("stale") ? Map.of("x-envoy-degraded", "true") : Map.of();
    }

    String upOrDown() {
        return up ? "UP" : "DOWN";
    }

    private static String cause(GuardSnapshot snapshot) {
        if (snapshot.leading() != null) {
            String signal = Plain.words(snapshot.leading());
            return snapshot.rehearsal() ? "rehearsal of " + signal : signal;
        }
        if (snapshot.rehearsal()) {
            return "rehearsal";
        }
        return switch (snapshot.verdict().by()) {
            case NOBODY -> "well";
            case OPERATOR -> "operator";
            case LISTENER -> "listener";
            case SIGNALS -> "held";
        };
    }

    /** Names of listeners and an operator's words come from outside, too. */
    private static String oneLine(String text) {
        return CONTROLS.matcher(text).replaceAll(" ");
    }
}
