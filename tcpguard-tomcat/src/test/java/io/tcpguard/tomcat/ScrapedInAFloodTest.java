/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Prometheus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, and readers who never come to an end, at the health port of a server that is flooded. */
@Tag("long")
class ScrapedInAFloodTest {
    private static final int DESCRIPTORS = 256;
    private static final int SCRAPES = 10;
    private static final int CHECKS = 100;
    private static final long BEAT = TimeUnit.MILLISECONDS.toNanos(100);

    @Test
    void hasNoGapAndTellsWhoWasRefused(@TempDir Path directory) throws Exception {
        assumeTrue(Prometheus.isInstalled(), "needs prometheus (Debian)");
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded", "reclaim=false", "queueWait=0s");
                Prometheus prometheus = new Prometheus(directory, server.healthPort())) {
            awaitScrapes(prometheus, 1);
            double before = prometheus.value("count_over_time(up[10m])");
            try (Crowd crowd = new Crowd(server.port(), Abuse.SILENT, 2 * DESCRIPTORS, 500, false)) {
                Await.until("the server is full", () -> crowd.refused() > 0);
                awaitScrapes(prometheus, before + SCRAPES);
                assertThat(prometheus.value("tcpguard_status{state=\"shed\"}")).isEqualTo(1);
            }

            assertThat(prometheus.value("min_over_time(up[10m])")).isEqualTo(1);
            assertThat(prometheus.value("sum(tcpguard_shed_total{layer=\"accept\"})"))
                    .isPositive();
            assertThat(prometheus.value("max_over_time(tcpguard_descriptors{state=\"own\"}[10m])"))
                    .isGreaterThan(100);
        }
    }

    /** All connections of an address that sees everything are theirs. Each check is another connection. */
    @Test
    void isCheckedInTimeBesideReadersOfOneByteASecond() throws Exception {
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded", "reclaim=false", "queueWait=0s");
                Crowd crowd = new Crowd(server.port(), Abuse.SILENT, 2 * DESCRIPTORS, 500, false)) {
            Await.until("the server is full", () -> crowd.refused() > 0);
            int alone = lateChecks(server.healthPort(), List.of());
            List<SocketChannel> readers = new ArrayList<>();
            try {
                for (String path : List.of("/metrics", "/details", "/incident", "/history", "/")) {
                    for (int i = 0; i < 5; i++) {
                        readers.add(slowReader(server.healthPort(), path));
                    }
                }
                int beside = lateChecks(server.healthPort(), readers);

                assertThat(beside)
                        .as("of %d checks, answered after the next was due; %d without readers", CHECKS, alone)
                        .isLessThanOrEqualTo(alone + CHECKS / 10);
            } finally {
                for (SocketChannel reader : readers) {
                    reader.close();
                }
            }
        }
    }

    private static SocketChannel slowReader(int port, String path) throws IOException {
        SocketChannel reader = SocketChannel.open();
        reader.setOption(StandardSocketOptions.SO_RCVBUF, 2048);
        reader.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        reader.write(StandardCharsets.US_ASCII.encode("GET " + path + " HTTP/1.1\r\nAccept: text/html\r\n\r\n"));
        reader.configureBlocking(false);
        return reader;
    }

    /** One check each 100 ms, from another address; a check without an answer of 200 or 503 fails at once. */
    private static int lateChecks(int port, List<SocketChannel> readers) throws IOException {
        int late = 0;
        for (int i = 0; i < CHECKS; i++) {
            long begun = System.nanoTime();
            try (Socket check = new Socket()) {
                check.setSoTimeout(10_000);
                check.bind(new InetSocketAddress("127.0.0.8", 0));
                check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                check.getOutputStream().write("GET /weight HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .matches("(?s)HTTP/1.1 (200|503) .*");
            }
            long left = BEAT - (System.nanoTime() - begun);
            late += left < 0 ? 1 : 0;
            LockSupport.parkNanos(left);
            if (i % 10 == 9) {
                for (SocketChannel reader : readers) {
                    read(reader);
                }
            }
        }
        return late;
    }

    /** The guard may have closed it: who reads so slowly is not waited for. */
    private static void read(SocketChannel reader) {
        try {
            reader.read(ByteBuffer.allocate(1));
        } catch (IOException closed) {
            assertThat(closed).hasMessageContaining("reset");
        }
    }

    private static void awaitScrapes(Prometheus prometheus, double scrapes) throws InterruptedException {
        for (int i = 0; i < 120 && !(prometheus.value("count_over_time(up[10m])") >= scrapes); i++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        assertThat(prometheus.value("count_over_time(up[10m])")).isGreaterThanOrEqualTo(scrapes);
    }
}
