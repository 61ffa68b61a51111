/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Floods, slow clients, drains, leaks, changes of the limit and redeployments one after the other, in a heap of 64 MB
 * and 256 descriptors: what is held at the end is what was held at the start. {@code -Dsoak.seconds=3600} is an hour
 * for each server; figures of each round go to {@code target/soak-*.csv}, and as a picture beside it.
 */
@Tag("record")
class SoakTest {
    private static final int SECONDS = Integer.getInteger("soak.seconds", 12);
    private static final int DESCRIPTORS = 256;
    private static final int LESS = 224;
    private static final int USERS = 4;

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void isAtItsEndAsItWasAtItsStart(String kind) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit (util-linux)");
        SoakFigures figures = new SoakFigures(Path.of("target", "soak-" + kind));
        try (ChildServer server = new ChildServer(DESCRIPTORS, 64, kind, "on", "idleFloor=1s", "queueWait=1s")) {
            for (int i = 0; i < USERS; i++) {
                begin("user", () -> ask("http://127.0.0.1:" + server.port + "/", answers));
            }
            begin("check", () -> ask("http://127.0.0.1:" + server.healthPort + "/health", checks));
            // What is made on first use is made.
            round(server);
            settle();
            long[] before = row(figures, server);
            long start = System.nanoTime();
            while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(SECONDS)) {
                round(server);
                settle();
                row(figures, server);
            }
            long[] after = row(figures, server);
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
            figures.draw();
            System.out.println(kind + ": " + figures + "; " + answers + " answers to users, lost " + lost + ", "
                    + checks + " checks");

            assertThat(lost).isEmpty();
            assertThat(answers.get()).isGreaterThan(SECONDS * USERS);
            assertThat(checks.get()).isGreaterThan(SECONDS);
            assertThat(after[SoakFigures.DESCRIPTORS]).isLessThanOrEqualTo(before[SoakFigures.DESCRIPTORS] + 4);
            assertThat(after[SoakFigures.OWN]).isLessThanOrEqualTo(before[SoakFigures.OWN] + 1);
            // Without Tomcat's pool, which has grown by a burst, and shrinks after a minute without one; two look for
            // a moment, one for peers that are gone and one for leaks.
            assertThat(after[SoakFigures.THREADS]).isLessThanOrEqualTo(before[SoakFigures.THREADS] + 2);
            assertThat(after[SoakFigures.HEAP]).isLessThanOrEqualTo(before[SoakFigures.HEAP] + 4 * 1024);
            assertThat(after[SoakFigures.EVICTED] + after[SoakFigures.REFUSED])
                    .as("or nothing was shown")
                    .isGreaterThan(before[SoakFigures.EVICTED] + before[SoakFigures.REFUSED]);
            assertThat(server.log()).doesNotContain("OutOfMemory");
        } finally {
            over = true;
        }
    }

    private static void round(ChildServer server) throws Exception {
        try (Flood flood = new Flood(server.port)) {
            TimeUnit.MILLISECONDS.sleep(1_500);
            server.limit(LESS);
            // Without a descriptor nothing can be deployed, guard or not.
            Await.until("the limit is kept", () -> server.descriptors() < LESS);
            server.tell("redeploy");
            TimeUnit.MILLISECONDS.sleep(1_500);
            server.limit(DESCRIPTORS);
            assertThat(flood).isNotNull();
        }
        server.tell("leak");
        TimeUnit.MILLISECONDS.sleep(300);
        server.tell("heal");
        server.tell("drain");
        TimeUnit.MILLISECONDS.sleep(700);
        server.tell("resume");
    }

    private static void settle() throws InterruptedException {
        TimeUnit.SECONDS.sleep(2);
    }

    private static long[] row(SoakFigures figures, ChildServer server) throws Exception {
        long[] told = server.figures();
        return figures.add(told[0], told[1], told[2], told[3], told[4], server.descriptors());
    }

    /** As a client does that knows what a closed connection is: it comes again. A refusal is an answer. */
    private void ask(String url, AtomicInteger answered) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .build();
        while (!over) {
            try {
                client.send(request, HttpResponse.BodyHandlers.ofString());
                answered.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (java.io.IOException e) {
                lost.add(e.toString());
            }
        }
    }

    private void begin(String who, Runnable deed) {
        Thread thread = new Thread(deed, who);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }
}
