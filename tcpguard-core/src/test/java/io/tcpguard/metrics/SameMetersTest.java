/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the health port tells Prometheus is what Micrometer's registry for Prometheus makes of the bound meters. */
class SameMetersTest {
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+(?:\\{.*})?) (\\S+)");
    private static final Pattern TAG = Pattern.compile("([a-z_]+)=(\"(?:[^\"\\\\]|\\\\.)*\")");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain;version=0.0.4",
                "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            })
    void onTheHealthPortAndInMicrometer(String accept) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (TcpGuard guard = TcpGuard.builder()
                        .healthPort(0)
                        .set("elevatedAt", "1")
                        .build()
                        .start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener one = guard.listen("http-nio-\"0\"\\", server.getLocalPort(), () -> true);
                TcpGuardMetrics metrics = new TcpGuardMetrics(guard)) {
            metrics.bindTo(registry);
            Map<String, String> scraped = parsed(metrics(guard.healthPort(), accept));
            String type = accept.startsWith("application") ? "application/openmetrics-text" : "text/plain";
            Map<String, String> micrometers = parsed(registry.scrape(type));

            assertThat(one).isNotNull();
            assertThat(scraped)
                    .containsKey("tcpguard_shed_total{method=\"reset\",reason=\"connections\",stage=\"keep_alive\"}")
                    .containsKey("tcpguard_listener_wait_seconds_count{listener=\"http-nio-\\\"0\\\"\\\\\"}")
                    .containsKey("# TYPE tcpguard_listener_wait_seconds");
            assertThat(scraped.keySet()).isEqualTo(micrometers.keySet());
            assertThat(scraped).allSatisfy((key, text) -> {
                if (key.startsWith("#")) {
                    assertThat(text).as(key).isEqualTo(micrometers.get(key));
                } else {
                    // What does not move by itself.
                    boolean moves = key.matches(".*(age|left|pressure|descriptors|queue|delay|usable|slots).*");
                    assertThat(moves
                                    || Double.compare(number(text), number(micrometers.getOrDefault(key, "missing")))
                                            == 0)
                            .as("%s %s, %s", key, text, micrometers.get(key))
                            .isTrue();
                }
            });
        }
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace("+Inf", "Infinity"));
    }

    /** Samples with their tags in order, and the lines about them. */
    private static Map<String, String> parsed(String text) {
        Map<String, String> all = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# UNIT") || line.isEmpty() || line.equals("# EOF")) {
                continue;
            }
            if (line.startsWith("#")) {
                int name = line.indexOf(' ', 2);
                int rest = line.indexOf(' ', name + 1);
                all.put(line.substring(0, rest), line.substring(rest + 1));
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            String series = sample.group(1);
            int brace = series.indexOf('{');
            TreeMap<String, String> tags = new TreeMap<>();
            Matcher tag = TAG.matcher(brace < 0 ? "" : series.substring(brace));
            while (tag.find()) {
                tags.put(tag.group(1), tag.group(2));
            }
            String name = brace < 0 ? series : series.substring(0, brace);
            String key = tags.isEmpty() ? name : name + tags.toString().replace(", ", ",");
            assertThat(all.put(key, sample.group(2))).as(key).isNull();
        }
        return all;
    }

    private static String metrics(int port, String accept) throws IOException {
        String answer = Wire.exchange(port, "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: " + accept + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200 OK");
        return Wire.body(answer);
    }
}
