/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that wait for too long are refused whatever else decides the level: work that never comes back, under the
 * real sampler.
 */
class StalledRequestsTest {
    private final TcpGuard guard = TcpGuard.builder()
            .set(Setting.MAX_WORK_DELAY, Duration.ofMillis(100))
            .set(Setting.STALLED_AFTER, Duration.ofSeconds(1))
            .build();

    @AfterEach
    void close() {
        guard.close();
    }

    @Test
    void areRefusedWhileNothingElseIsWrong() throws Exception {
        stall();

        assertThat(refusedSoon()).isTrue();
    }

    @Test
    void areRefusedWhileAnOperatorDrains() throws Exception {
        stall();
        guard.drain("deploy");

        assertThat(refusedSoon()).isTrue();
    }

    @Test
    void areRefusedWhileAListenerIsDown() throws Exception {
        stall();
        guard.listen("closed", 1, () -> false);

        assertThat(refusedSoon()).isTrue();
    }

    private void stall() throws IOException {
        guard.start();
        Closeable watch = guard.watchWork("stuck", task -> {});
        assertThat(watch).isNotNull();
    }

    private boolean refusedSoon() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        int inARow = 0;
        while (System.nanoTime() - end < 0) {
            // Not only until the operator's word is heard.
            inARow = guard.admitRequest(null) == Admission.RESPOND ? inARow + 1 : 0;
            if (inARow == 20) {
                return true;
            }
            Thread.sleep(10);
        }
        return false;
    }
}
