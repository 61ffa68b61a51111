/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlEchoTest {
    @Test
    void measuresWhatALoopbackRoundTripTakesMeanwhile() throws Exception {
        try (ControlEcho echo = new ControlEcho()) {
            long from = System.nanoTime();
            echo.start();
            Await.until("a round trip", () -> echo.worstMicros(from, System.nanoTime()) > 0);
            long to = System.nanoTime();

            assertThat(echo.worstMicros(from, to)).isBetween(1L, TimeUnit.NANOSECONDS.toMicros(to - from));
        }
    }

    @Test
    void knowsNothingOfTimesBeforeItBegan() throws Exception {
        try (ControlEcho echo = new ControlEcho()) {
            long now = System.nanoTime();

            assertThat(echo.worstMicros(now - 1_000_000, now)).isZero();
        }
    }
}
