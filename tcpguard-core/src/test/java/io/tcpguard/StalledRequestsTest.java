/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
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

        eachIsRefusedSoon();
    }

    @Test
    void areRefusedWhileAnOperatorDrains() throws Exception {
        stall();
        guard.drain("deploy");

        eachIsRefusedSoon();
    }

    @Test
    void areRefusedWhileAListenerIsDown() throws Exception {
        stall();
        guard.listen("closed", 1, () -> false);

        eachIsRefusedSoon();
    }

    private void stall() throws IOException {
        guard.start();
        Closeable watch = guard.watchWork("stuck", task -> {});
        assertThat(watch).isNotNull();
    }

    /** Not only until the operator's word is heard. */
    private void eachIsRefusedSoon() {
        int[] inARow = {0};
        Await.until("twenty requests in a row are refused", () -> {
            inARow[0] = guard.admitRequest(null) == Admission.RESPOND ? inARow[0] + 1 : 0;
            return inARow[0] == 20;
        });
    }
}
