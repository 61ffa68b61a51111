/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we give people for Prometheus and Grafana names meters that there are, and Prometheus's own tool accepts it. */
class RulesAndDashboardTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path RULES = DOCS.resolve("prometheus/tcpguard.rules.yml");
    private static final Pattern METRIC = Pattern.compile("tcpguard_[a-z_]+");
    private static final Pattern TAG =
            Pattern.compile("(state|limit|stage|signal|trend)(?:!?=~?)\\\\?\"([a-z_]+)\\\\?\"");

    @ParameterizedTest
    @ValueSource(
            strings = {"prometheus/tcpguard.rules.yml", "prometheus/tcpguard.rules.test.yml", "grafana/tcpguard.json"})
    void nameOnlyMetersThatThereAre(String file) throws IOException {
        Set<String> named = found(METRIC, Files.readString(DOCS.resolve(file)), 0);

        assertThat(named).isNotEmpty().isSubsetOf(names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus/tcpguard.rules.yml", "grafana/tcpguard.json"})
    void nameOnlyTagsThatThereAre(String file) throws IOException {
        Set<String> tags = new TreeSet<>();
        for (MeterFamily family : MeterTable.ALL) {
            family.fixed().forEach(series -> {
                for (int i = 0; i < family.tags().size(); i++) {
                    tags.add(family.tags().get(i) + "=" + series.values().get(i));
                }
            });
        }
        Matcher tag = TAG.matcher(Files.readString(DOCS.resolve(file)));
        int count = 0;
        while (tag.find()) {
            count++;
            assertThat(tags).contains(tag.group(1) + "=" + tag.group(2));
        }
        assertThat(count).isPositive();
    }

    @Test
    void eachAlertIsExplained() throws IOException {
        Set<String> alerts = found(Pattern.compile("alert: (\\w+)"), Files.readString(RULES), 1);
        Set<String> explained =
                found(Pattern.compile("`(TcpGuard\\w+)`"), Files.readString(DOCS.resolve("how-to/alerts.md")), 1);

        assertThat(alerts).isNotEmpty().isEqualTo(explained);
    }

    @Test
    void theDashboardHasARowForEachQuestion() throws IOException {
        assertThat(Files.readString(DOCS.resolve("grafana/tcpguard.json")))
                .contains(
                        "\"title\": \"Is it full?\"",
                        "\"title\": \"Which limit binds?\"",
                        "\"title\": \"Who is refused, and why?\"",
                        "\"title\": \"What is the balancer told?\"",
                        "\"title\": \"How long do descriptors last?\"");
    }

    @Test
    void theRulesPassPrometheussOwnTool() throws IOException, InterruptedException {
        assumeTrue(Promtool.isInstalled(), "needs promtool (Debian: prometheus)");

        assertThat(Promtool.run("", "check", "rules", RULES.toString()))
                .contains("SUCCESS")
                .doesNotContain("exit code");
    }

    /** As recording rules, which are parsed as Grafana's queries are by Prometheus. */
    @Test
    void theDashboardsQueriesPassPrometheussOwnTool(@TempDir Path directory) throws IOException, InterruptedException {
        assumeTrue(Promtool.isInstalled(), "needs promtool (Debian: prometheus)");
        Set<String> queries = found(
                Pattern.compile("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\""),
                Files.readString(DOCS.resolve("grafana/tcpguard.json")),
                1);
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        int count = 0;
        for (String query : queries) {
            rules.append("  - record: query:number")
                    .append(count++)
                    .append("\n    expr: \"")
                    .append(query.replace("$__rate_interval", "1m"))
                    .append("\"\n");
        }
        Path file = Files.writeString(directory.resolve("dashboard.yml"), rules);

        assertThat(Promtool.run("", "check", "rules", file.toString()))
                .contains("SUCCESS: " + count + " rules found")
                .doesNotContain("exit code");
        assertThat(count).isGreaterThan(20);
    }

    @Test
    void theRulesFireWhenTheyShould() throws IOException, InterruptedException {
        assumeTrue(Promtool.isInstalled(), "needs promtool (Debian: prometheus)");
        Path test = RULES.resolveSibling("tcpguard.rules.test.yml");

        assertThat(Promtool.run("", "test", "rules", test.toString()))
                .contains("SUCCESS")
                .doesNotContain("exit code");
    }

    private static Set<String> names() {
        return MeterTable.ALL.stream()
                .flatMap(family -> PrometheusText.sampleNames(family).stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> found(Pattern pattern, String text, int group) {
        Set<String> all = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group(group));
        }
        return all;
    }
}
