/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.Prometheus;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With no descriptor left, in a child process with a small limit. */
class ExhaustionTest {
    private final List<Socket> strangers = new ArrayList<>();
    private JavaChild child;
    private int port;
    private Socket client;

    @BeforeEach
    void exhaust() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux");
        child = new JavaChild(JavaChild.command(96, List.of("-Xmx64m"), JavaChild.leanClassPath(), Exhausted.class));
        long[] ports = child.numbers();
        port = (int) ports[0];
        client = Wire.connect((int) ports[1]);
        assertThat(child.heard()).isEqualTo("exhausted");
    }

    @AfterEach
    void end() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        if (client != null) {
            client.close();
        }
        if (child != null) {
            child.close();
        }
    }

    @Test
    void leavesHealthAnswered() throws IOException {
        for (int i = 0; i < 10; i++) {
            assertThat(Wire.get(port, "/health")).startsWith("HTTP/1.1 200 OK").contains("UP 80 NORMAL");
            assertThat(Wire.get(port, "/weight")).endsWith("\r\n\r\n80\n");
            assertThat(Wire.exchange(port, "GET / HTTP/1.0\r\nAccept: application/json\r\n\r\n"))
                    .contains("{\"up\":true,");
            assertThat(Wire.get(port, "/details")).contains("DESCRIPTORS: 40 of 1024");
            assertThat(Wire.get(port, "/metrics")).contains("tcpguard_descriptors_limit 1024\n");
            assertThat(Wire.exchange(port, "nonsense\r\n")).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void leavesHealthAnsweredWhileStrangersSitOnItsPort() throws IOException {
        for (int i = 0; i < 40; i++) {
            strangers.add(Wire.connect(port));
            assertThat(Wire.exchange(port, "127.0.0.8", "GET /weight HTTP/1.0\r\n\r\n"))
                    .endsWith("\r\n\r\n80\n");
        }
    }

    /** Each of its scrapes has one descriptor to go through: the guard's own. */
    @Test
    @Tag("long")
    void leavesNoGapInWhatARealPrometheusSees(@TempDir Path directory) throws Exception {
        assumeTrue(Prometheus.isInstalled(), "needs prometheus (Debian)");
        try (Prometheus prometheus = new Prometheus(directory, port)) {
            for (int i = 0; i < 120 && !(prometheus.value("count_over_time(up[5m])") >= 10); i++) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }

            assertThat(prometheus.value("count_over_time(up[5m])")).isGreaterThanOrEqualTo(10);
            assertThat(prometheus.value("min_over_time(up[5m])")).isEqualTo(1);
            assertThat(prometheus.value("count_over_time(tcpguard_descriptors_limit[5m])"))
                    .isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void leavesARefusalAnswered() throws IOException {
        Wire.send(client, "GET / HTTP/1.1\r\n\r\n");

        assertThat(child.tell("refuse")).isEqualTo("RESPOND");

        assertThat(Wire.readToEnd(client)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void doesNotMakeTheThreadSpinWhenEvenTheSpareIsStolen() throws IOException {
        child.tell("steal");
        for (int i = 0; i < 500 && child.tell("stolen").equals("0"); i++) {
            strangers.add(Wire.connect(port));
        }
        assumeTrue(child.tell("stolen").equals("1"), "the thief was never fast enough");
        strangers.add(Wire.connect(port));

        long before = Long.parseLong(child.tell("cycles"));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        long after = Long.parseLong(child.tell("cycles"));

        // 150 to 280 seen: the thief and the thread take turns. One that spins makes tens of thousands.
        assertThat(after - before).isLessThan(1_000);
        child.tell("free");
        assertThat(Wire.get(port, "/weight")).endsWith("\r\n\r\n80\n");
    }
}
