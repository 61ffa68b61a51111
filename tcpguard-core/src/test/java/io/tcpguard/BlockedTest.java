/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.LogHandler;
import io.tcpguard.testkit.Wire;
import java.io.File;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An appender or a listener that blocks, as one does that writes to a full pipe or asks a server that does not answer:
 * health is answered, samples are taken, and each waits for itself only.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockedTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard");

    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LogHandler appender = new LogHandler(this::block);

    private void block(LogRecord line) {
        block();
        lines.add(line.getMessage());
    }

    private void block() {
        entered.countDown();
        while (unblocked.getCount() > 0) {
            try {
                unblocked.await();
            } catch (InterruptedException e) {
                // It does not hear.
            }
        }
    }

    @BeforeEach
    void seesSockets() {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
    }

    @AfterEach
    void goOn() {
        unblocked.countDown();
        LOG.removeHandler(appender);
        LOG.setLevel(null);
    }

    @Test
    void anAppenderThatBlocksHoldsUpNeitherHealthNorSamples() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            LOG.setLevel(Level.ALL);
            LOG.addHandler(appender);

            // The first check ever is a line of the I/O thread, a drain one of the sampler.
            assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 200 ");
            guard.drain("deploy");
            Await.until(
                    "a sample after the line", () -> !guard.snapshot().verdict().up());
            assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 503 ");
            guard.resume();
            Await.until("another", () -> guard.snapshot().verdict().up());
            assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 200 ");
            entered.await();
            assertThat(lines).as("or it does not block").isEmpty();

            unblocked.countDown();
            Await.until("in order", () -> lines.size() >= 3);
            assertThat(lines.get(0)).contains("First health check");
            assertThat(lines.get(1)).contains("DOWN");
        }
    }

    @Test
    void aGuardStartsAndEndsThoughTheAppenderBlocks() throws Exception {
        LOG.addHandler(appender);
        TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
        try (guard) {
            assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 200 ");
        }
        assertThat(guard.healthPort()).isEqualTo(-1);
    }

    @Test
    void aListenerThatBlocksHoldsUpNeitherHealthNorSamplesNorTheLog() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            List<String> heard = new CopyOnWriteArrayList<>();
            LogHandler log = new LogHandler(record -> heard.add(record.getMessage()));
            LOG.addHandler(log);
            try {
                guard.onTransition(transition -> block());
                guard.drain("deploy");
                entered.await();
                assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 503 ");
                guard.resume();
                Await.until("a sample", () -> guard.snapshot().verdict().up());
                assertThat(Wire.get(guard.healthPort(), "/health")).startsWith("HTTP/1.1 200 ");
                Await.until("lines", () -> heard.stream().anyMatch(line -> line.contains("up, weight")));
            } finally {
                LOG.removeHandler(log);
                unblocked.countDown();
            }
        }
    }
}
