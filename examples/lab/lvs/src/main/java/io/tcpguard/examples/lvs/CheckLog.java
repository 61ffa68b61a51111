/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import java.util.regex.Pattern;

/**
 * keepalived's log: how often a server was taken out and put back. With inhibit_on_failure it says Disabling and
 * Enabling. Pure.
 */
final class CheckLog {
    private static final Pattern EVENT =
            Pattern.compile("\\b(Removing|Disabling|Adding|Enabling) service \\[?[0-9.]+]?:\\S+ (?:from|to|of) ");

    private CheckLog() {}

    /**
     * Events so far.
     *
     * @param down servers taken out
     * @param up servers put back
     */
    record Events(int down, int up) {
        Events since(Events start) {
            return new Events(down - start.down, up - start.up);
        }
    }

    static Events events(String log) {
        int down = 0;
        int up = 0;
        var matcher = EVENT.matcher(log);
        while (matcher.find()) {
            switch (matcher.group(1)) {
                case "Removing", "Disabling" -> down++;
                default -> up++;
            }
        }
        return new Events(down, up);
    }
}
