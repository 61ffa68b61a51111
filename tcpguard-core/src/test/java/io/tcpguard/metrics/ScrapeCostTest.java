/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tcpguard.TcpGuard;
import io.tcpguard.internal.meters.MeterSource;
import io.tcpguard.internal.meters.PrometheusText;
import io.tcpguard.spi.GuardedListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What a scrape costs, beside Micrometer's registry for Prometheus with the same meters. Prints the figures that the
 * docs have.
 */
class ScrapeCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM = 2_000;
    private static final int ROUNDS = 1_000;

    @Test
    void allocatesNoMoreThanMicrometersOwn() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("http-nio-8080", server.getLocalPort(), () -> true);
                TcpGuardMetrics metrics = new TcpGuardMetrics(guard)) {
            assertThat(listener).isNotNull();
            metrics.bindTo(registry);

            long ours = cost(
                    "the health port's /metrics",
                    () -> PrometheusText.of(MeterSource.of(guard.snapshot(), guard.status(), guard.shed()), false));
            long micrometers = cost("Micrometer's registry", registry::scrape);

            assertThat(ours).isLessThan(micrometers);
        }
    }

    /** The least bytes of many; prints the least time, too. */
    private static long cost(String what, Supplier<String> scrape) {
        int length = 0;
        for (int i = 0; i < WARM; i++) {
            length = scrape.get().length();
        }
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long began = THREADS.getCurrentThreadCpuTime();
            length = Math.max(length, scrape.get().length());
            nanos = Math.min(nanos, THREADS.getCurrentThreadCpuTime() - began);
            bytes = Math.min(bytes, THREADS.getCurrentThreadAllocatedBytes() - allocated);
        }
        System.out.printf("%s: %,d characters, %,d bytes allocated, %,d ns of CPU%n", what, length, bytes, nanos);
        return bytes;
    }
}
