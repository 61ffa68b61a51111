/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Prometheus, as a distribution has it, that scrapes one port every two seconds. */
public final class Prometheus implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/prometheus");
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[0-9.]+,\"([^\"]+)\"]");

    private final Process process;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Scrapes that port of this machine from now on; keeps its files in this directory. */
    public Prometheus(Path directory, int target) throws IOException {
        port = Wire.freePort();
        Path configuration = Files.writeString(
                directory.resolve("prometheus.yml"),
                """
                scrape_configs:
                  - job_name: tcpguard
                    scrape_interval: 2s
                    scrape_timeout: 2s
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                """
                        .formatted(target));
        process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
    }

    /** Whether it is there. */
    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /** The one value of this expression now; NaN if there is none, or it does not answer yet. */
    public double value(String expression) throws InterruptedException {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                                    + URLEncoder.encode(expression, StandardCharsets.UTF_8)))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            Matcher value = VALUE.matcher(answer.body());
            return value.find() ? Double.parseDouble(value.group(1)) : Double.NaN;
        } catch (IOException e) {
            // It starts.
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
