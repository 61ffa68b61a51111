/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.JavaChild;
import io.tcpguard.testkit.Prometheus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
    private Process child;
    private BufferedReader out;
    private int port;
    private Socket client;

    @BeforeEach
    void exhaust() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux");
        child = new ProcessBuilder(
                        JavaChild.command(96, List.of("-Xmx64m"), JavaChild.leanClassPath(), Exhausted.class))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII));
        String ports = heard();
        port = Integer.parseInt(ports.substring(0, ports.indexOf(' ')));
        client = Wire.connect(Integer.parseInt(ports.substring(ports.indexOf(' ') + 1)));
        assertThat(heard()).isEqualTo("exhausted");
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        if (client != null) {
            client.close();
        }
        if (child != null) {
            child.getOutputStream().close();
            if (!child.waitFor(10, TimeUnit.SECONDS)) {
                child.destroyForcibly().waitFor();
            }
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

        assertThat(asked("refuse")).isEqualTo("RESPOND");

        assertThat(Wire.readToEnd(client)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void doesNotMakeTheThreadSpinWhenEvenTheSpareIsStolen() throws IOException {
        asked("steal");
        for (int i = 0; i < 500 && asked("stolen").equals("0"); i++) {
            strangers.add(Wire.connect(port));
        }
        assumeTrue(asked("stolen").equals("1"), "the thief was never fast enough");
        strangers.add(Wire.connect(port));

        long before = Long.parseLong(asked("cycles"));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        long after = Long.parseLong(asked("cycles"));

        // 150 to 280 seen: the thief and the thread take turns. One that spins makes tens of thousands.
        assertThat(after - before).isLessThan(1_000);
        asked("free");
        assertThat(Wire.get(port, "/weight")).endsWith("\r\n\r\n80\n");
    }

    private String asked(String question) throws IOException {
        child.getOutputStream().write((question + "\n").getBytes(StandardCharsets.US_ASCII));
        child.getOutputStream().flush();
        return heard();
    }

    /** The child's next answer; a log may write to the same stream. */
    private String heard() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("> ")) {
                return line.substring(2);
            }
        }
        throw new AssertionError("the child is gone");
    }
}
