/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Prometheus;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, at the health port of a server that is flooded. */
@Tag("long")
class ScrapedInAFloodTest {
    private static final int DESCRIPTORS = 256;
    private static final int SCRAPES = 10;

    @Test
    void hasNoGapAndTellsWhoWasRefused(@TempDir Path directory) throws Exception {
        assumeTrue(Prometheus.isInstalled(), "needs prometheus (Debian)");
        try (ChildServer server = new ChildServer(DESCRIPTORS, "guarded", "reclaim=false", "queueWait=0s");
                Prometheus prometheus = new Prometheus(directory, server.healthPort())) {
            awaitScrapes(prometheus, 1);
            double before = prometheus.value("count_over_time(up[10m])");
            try (Crowd crowd = new Crowd(server.port(), Crowd.Abuse.SILENT, 2 * DESCRIPTORS, 500, false)) {
                TomcatRig.await("the server is full", () -> crowd.refused() > 0);
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

    private static void awaitScrapes(Prometheus prometheus, double scrapes) throws InterruptedException {
        for (int i = 0; i < 120 && !(prometheus.value("count_over_time(up[10m])") >= scrapes); i++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        assertThat(prometheus.value("count_over_time(up[10m])")).isGreaterThanOrEqualTo(scrapes);
    }
}
