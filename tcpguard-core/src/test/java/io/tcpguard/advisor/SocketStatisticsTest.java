/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SocketStatisticsTest {

    @Test
    void readsBacklogsAndTakesTheShortestOfAPort() {
        String ss =
                """
                LISTEN 0      4096               0.0.0.0:8080      0.0.0.0:*
                LISTEN 3      100                      *:8443            *:*
                LISTEN 0      50      [::ffff:127.0.0.1]:8080            *:*
                """;

        assertThat(SocketStatistics.parse(ss)).containsOnly(entry(8080, 50), entry(8443, 100));
    }

    @Test
    void knowsNothingWhereSsSaysNothing() {
        assertThat(SocketStatistics.parse("")).isEmpty();
    }

    private static java.util.Map.Entry<Integer, Long> entry(int port, long backlog) {
        return java.util.Map.entry(port, backlog);
    }
}
