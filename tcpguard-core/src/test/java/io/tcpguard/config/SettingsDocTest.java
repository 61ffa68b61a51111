/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import io.tcpguard.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/settings.md} is made from the table of settings: see {@link Golden}. */
class SettingsDocTest {
    private static final Set<Setting> ESSENTIAL = EnumSet.of(
            Setting.HEALTH_PORT,
            Setting.HEALTH_DETAILS_TO,
            Setting.BEHIND_PROXY,
            Setting.NOTICE,
            Setting.FINISH,
            Setting.ENABLED);
    private static final Set<Setting> SOMETIMES = EnumSet.of(
            Setting.HEALTH_ADDRESS,
            Setting.AGENT_PORT,
            Setting.UDP_PORT,
            Setting.CLOSE_HEALTH_WHEN_DOWN,
            Setting.DIRECTORS,
            Setting.CHECK_INTERVAL,
            Setting.ALLOW,
            Setting.FAIRNESS,
            Setting.QUEUE_WAIT,
            Setting.IDLE_FLOOR,
            Setting.RECLAIM,
            Setting.RESET_BUDGET,
            Setting.MAX_WORK_DELAY,
            Setting.STALLED_AFTER,
            Setting.JMX_DOMAIN);

    @Test
    void isUpToDate() throws IOException {
        Golden.check(Path.of("../docs/reference/settings.md"), document());
    }

    private static String document() {
        EnumSet<Setting> rarely = EnumSet.allOf(Setting.class);
        rarely.removeAll(ESSENTIAL);
        rarely.removeAll(SOMETIMES);
        return """
                # Settings

                One table of settings serves every way in. A wrong value is refused at the start; the message names the setting, the
                value and what is allowed. So is a pair of values that contradict each other.

                | way in | how a setting is given |
                | --- | --- |
                | builder | `TcpGuard.builder().set("healthPort", "8081")`; the most common ones have methods, such as `healthPort(8081)` |
                | `server.xml` | attribute of the listener: `<Listener className="io.tcpguard.tomcat.TcpGuardListener" healthPort="8081"/>` |
                | WAR | context parameter or system property `tcpguard.healthPort`; the system property wins |
                | Spring Boot | property `tcpguard.health-port`, from any source that Spring reads |

                Durations are written `500ms`, `2s`, `5m`, `1h`, `1d`, `PT2S`, or as milliseconds. Networks are written `10.0.0.0/8` or
                `2001:db8::/32`, separated by commas; names are not resolved. Shares are numbers from 0 to 1. Words: [concepts](../concepts.md).

                ## Essential
                Look at each of these once, before production.

                """
                + table(ESSENTIAL)
                + """

                ## Sometimes
                For a particular load balancer, network or kind of client.

                """
                + table(SOMETIMES)
                + """

                ## Rarely
                The defaults suit nearly everybody. Measure before and after you change one.

                """
                + table(rarely);
    }

    private static String table(Set<Setting> group) {
        StringBuilder text = new StringBuilder(
                "| builder, server.xml, WAR | Spring Boot | default | allowed | what it does |\n| --- | --- | --- | "
                        + "--- | --- |\n");
        for (Setting s : group) {
            text.append("| `" + s.key() + "` | `tcpguard." + kebab(s.key()) + "` | " + written(s.byDefault()) + " | "
                    + allowed(s) + " | " + s.meaning() + " |\n");
        }
        return text.toString();
    }

    private static String kebab(String key) {
        return key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** Without what is said of all durations and networks above the tables. */
    private static String allowed(Setting setting) {
        String text = setting.allowed();
        return text.replaceFirst(" such as .*", "").replaceFirst(",$", "");
    }

    private static String written(Object value) {
        if (value instanceof Duration d) {
            return d.toSeconds() >= 60 && d.toSeconds() % 60 == 0 ? d.toMinutes() + "m" : ValueKind.text(d);
        }
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? "none"
                    : list.stream()
                            .map(String::valueOf)
                            .map(n -> n.replace("0:0:0:0:0:0:0:1", "::1"))
                            .collect(Collectors.joining(", "));
        }
        return String.valueOf(value);
    }
}
