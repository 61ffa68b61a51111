/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.examples.demo.load.LoadPlan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class RunTest {
    private static final Schedule BRIEF = new Schedule(new LoadPlan(60, 1_000, 260, 2_000, 1_500, 8_000), 12_000);

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void aBriefFloodFillsTheStockServerAndNotTheGuardedOne(String server, @TempDir Path directory) throws Exception {
        Path jar = Path.of(System.getProperty("demo.loginServer", "../login-server/target/login-server.jar"));
        assumeThat(jar).as("built by the package phase").isRegularFile();
        AtomicInteger seconds = new AtomicInteger();
        AtomicReference<String> page = new AtomicReference<>("");
        LiveView view = new LiveView() {
            @Override
            public void serving(String address) {
                page.set(look(address));
            }

            @Override
            public void show(Schedule schedule, Second stock, Second guarded) {
                seconds.incrementAndGet();
            }
        };

        Run.Result result = new Run(BRIEF, jar, server, directory).go(view);

        List<Promise> promises = Judge.judge(BRIEF, result.stock(), result.guarded());
        // Not the health promise: its hundred milliseconds are for a quiet machine.
        assertThat(promises.stream().filter(p -> !p.text().startsWith("health")))
                .as(promises + "\n" + Files.readString(directory.resolve("demo-guarded.log")))
                .allMatch(Promise::kept);
        assertThat(result.guarded().checksFailed()).isZero();
        assertThat(page.get()).startsWith("<!doctype html>");
        assertThat(seconds.get()).isGreaterThanOrEqualTo(8);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private static String look(String address) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("Accept", "text/html")
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }
}
