/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import static java.util.stream.Collectors.joining;

import io.tcpguard.Golden;
import io.tcpguard.internal.meters.MeterFamily;
import io.tcpguard.internal.meters.MeterFamily.Series;
import io.tcpguard.internal.meters.MeterTable;
import io.tcpguard.internal.meters.PrometheusText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/metrics.md} is made from the table of meters: see {@link Golden}. */
class MetricsDocTest {
    @Test
    void isUpToDate() throws IOException {
        Golden.check(Path.of("../docs/reference/metrics.md"), document());
    }

    private static String document() {
        StringBuilder text = new StringBuilder(
                """
                # Metrics

                Ways to the same meters:

                | where | how |
                | --- | --- |
                | Prometheus, any server | `GET /metrics` on the [health port](health-port.md), for addresses in `healthDetailsTo`. Nothing else is needed, and it is answered while the server has no descriptor left |
                | Spring Boot | bound to the application's registry by itself |
                | Micrometer elsewhere | `new TcpGuardMetrics(guard).bindTo(registry)`; `close()` removes them. Two guards in one registry: give each tags of its own, `new TcpGuardMetrics(guard, Tags.of("guard", "one"))` |

                A standalone Tomcat has the most important of them by JMX, too: [tomcat.md](../how-to/tomcat.md#jmx). Events: [Flight Recorder](../how-to/flight-recorder.md).

                ```yaml
                scrape_configs:
                  - job_name: tcpguard
                    static_configs:
                      - targets: ["10.0.0.11:8081"] # the health port; healthDetailsTo must contain this Prometheus
                ```

                Gauges tell the newest sample, so an episode between two scrapes is in the counters. What is not known is NaN, never 0.
                Through the application's own port (`/actuator/prometheus`) nothing can be scraped while it is full: scrape the health port.
                Ready: [alert rules and a dashboard](../how-to/alerts.md).

                The names are Micrometer's, and Prometheus's below them; the last column is the nearest name of OpenTelemetry's semantic
                conventions.

                | meter | kind | tags | what it tells | OpenTelemetry |
                | --- | --- | --- | --- | --- |
                """);
        for (MeterFamily family : MeterTable.ALL) {
            String unit = family.unit().isEmpty() ? "" : ", " + family.unit();
            text.append("| `" + family.name() + "`<br>"
                    + PrometheusText.sampleNames(family).stream()
                            .map(name -> "`" + name + "`")
                            .collect(joining("<br>"))
                    + " | " + family.kind().name().toLowerCase(Locale.ROOT) + unit + " | " + tags(family) + " | "
                    + family.help() + " | " + (family.otel().isEmpty() ? "" : "`" + family.otel() + "`") + " |\n");
        }
        return text.toString();
    }

    private static String tags(MeterFamily family) {
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < family.tags().size(); i++) {
            TreeSet<String> values = new TreeSet<>();
            for (Series series : family.fixed()) {
                values.add(series.values().get(i));
            }
            tags.add("`" + family.tags().get(i) + "`: "
                    + (values.isEmpty() ? "as the server names it" : String.join(", ", values)));
        }
        return String.join("; ", tags);
    }
}
