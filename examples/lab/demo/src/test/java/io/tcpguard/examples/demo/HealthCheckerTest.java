/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.demo.Check.Outcome;
import io.tcpguard.testkit.Await;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthCheckerTest {
    @Test
    void recordsAnswerLevelAndTime() throws Exception {
        try (TinyServer server = new TinyServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nlevel=ELEVATED\n")) {
            Check check = checks(server, 2).get(1);

            assertThat(check.outcome()).isEqualTo(Outcome.UP);
            assertThat(check.level()).isEqualTo("ELEVATED");
            assertThat(check.tookMicros()).isPositive();
            assertThat(check.at()).isGreaterThanOrEqualTo(HealthChecker.PERIOD_MILLIS);
        }
    }

    @Test
    void recordsAServerThatClosesAsNoAnswer() throws Exception {
        try (TinyServer server = new TinyServer("")) {
            assertThat(checks(server, 1).get(0).outcome()).isEqualTo(Outcome.NO_ANSWER);
        }
    }

    @Test
    void givesUpOnASilentServer() throws Exception {
        // Accepts by its queue, never answers.
        try (var silent = new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress());
                ControlEcho control = new ControlEcho();
                HealthChecker checker = new HealthChecker(
                        "silent",
                        new java.net.InetSocketAddress(silent.getInetAddress(), silent.getLocalPort()),
                        control,
                        System.nanoTime())) {
            checker.start();

            Check check = await(checker, 1).get(0);

            assertThat(check.outcome()).isEqualTo(Outcome.NO_ANSWER);
            assertThat(check.tookMillis()).isGreaterThanOrEqualTo(HealthAnswer.TIMEOUT_MILLIS - 100);
        }
    }

    private static List<Check> checks(TinyServer server, int count) throws Exception {
        try (ControlEcho control = new ControlEcho();
                HealthChecker checker = new HealthChecker("tiny", server.address(), control, System.nanoTime())) {
            control.start();
            checker.start();
            return await(checker, count);
        }
    }

    private static List<Check> await(HealthChecker checker, int count) {
        return Await.value(checker::checks, checks -> checks.size() >= count);
    }
}
