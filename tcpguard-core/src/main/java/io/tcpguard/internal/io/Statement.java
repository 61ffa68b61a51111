/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import java.util.Locale;

/**
 * What is said of the server at this moment, in every format.
 *
 * @param up whether new connections should come
 * @param weight 0..100
 * @param level the level in force
 * @param leading the leading signal's name, or "none"
 * @param cause why, in a word or two that anybody may read
 * @param reason why, in a line for those who may see details
 */
record Statement(boolean up, int weight, Level level, String leading, String cause, String reason) {
    private static final int FAILED_OPEN = 10;

    static Statement of(IoThread.View view) {
        return of(view.snapshot(), view.stale());
    }

    static Statement of(GuardSnapshot snapshot, boolean stale) {
        String leading =
                snapshot.leading() == null ? "none" : snapshot.leading().name();
        if (stale) {
            // A guard that has long not seen anything must not take its server out: fail open, and say so.
            return new Statement(
                    true,
                    weight(snapshot, true),
                    snapshot.level(),
                    leading,
                    "stale",
                    "stale: no sample could be taken for long, failing open");
        }
        return new Statement(
                snapshot.verdict().up(),
                snapshot.verdict().weight(),
                snapshot.level(),
                leading,
                cause(snapshot),
                oneLine(snapshot.verdict().reason()));
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
                .member("reason", details ? reason : cause);
    }

    String upOrDown() {
        return up ? "UP" : "DOWN";
    }

    private static String cause(GuardSnapshot snapshot) {
        if (snapshot.leading() != null) {
            return snapshot.leading().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        return snapshot.verdict().up() ? "well" : "operator or listener";
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            // Names of listeners and an operator's words come from outside, too.
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) && c != '\t' ? ' ' : c);
        }
        return line.toString();
    }
}
