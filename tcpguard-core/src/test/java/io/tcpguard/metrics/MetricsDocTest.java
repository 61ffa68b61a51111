/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tcpguard.Golden;
import io.tcpguard.TcpGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/metrics.md} is made from the meters that are bound: see {@link Golden}. */
class MetricsDocTest {
    @Test
    void isUpToDate() throws IOException {
        Golden.check(Path.of("../docs/reference/metrics.md"), document());
    }

    private static String document() {
        StringBuilder text = new StringBuilder(
                """
                # Metrics

                With Micrometer: `new TcpGuardMetrics(guard).bindTo(registry)`; Spring Boot does it by itself. Gauges tell the newest sample, so an
                episode between two scrapes, or one in which nobody could scrape, is in the counters. What is not known is NaN, never 0.

                | meter | kind | tags | what it tells |
                | --- | --- | --- | --- |
                """);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TcpGuard guard = TcpGuard.builder().build()) {
            new TcpGuardMetrics(guard).bindTo(registry);
        }
        registry.getMeters().stream()
                .collect(groupingBy(m -> m.getId().getName(), TreeMap::new, toList()))
                .forEach((name, meters) -> {
                    Meter.Id first = meters.get(0).getId();
                    String unit = first.getBaseUnit() == null ? "" : ", " + first.getBaseUnit();
                    text.append("| `" + name + "` | "
                            + first.getType().name().toLowerCase(Locale.ROOT) + unit + " | " + tags(meters) + " | "
                            + first.getDescription() + " |\n");
                });
        return text.toString();
    }

    private static String tags(List<Meter> meters) {
        TreeMap<String, TreeSet<String>> values = new TreeMap<>();
        for (Meter meter : meters) {
            for (Tag tag : meter.getId().getTags()) {
                values.computeIfAbsent(tag.getKey(), k -> new TreeSet<>()).add(tag.getValue());
            }
        }
        return values.entrySet().stream()
                .map(e -> "`" + e.getKey() + "`: " + String.join(", ", e.getValue()))
                .collect(joining("; "));
    }
}
