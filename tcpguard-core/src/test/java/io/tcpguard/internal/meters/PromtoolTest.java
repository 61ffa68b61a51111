/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.testkit.Promtool;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Prometheus's own tool has nothing to say against the text. */
class PromtoolTest {
    @Test
    void findsNothingWrongWithTheText() throws IOException, InterruptedException {
        assumeTrue(Promtool.isInstalled(), "needs promtool (Debian: prometheus)");
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("http-nio-8080", server.getLocalPort(), () -> true)) {
            assertThat(listener).isNotNull();
            String text = Wire.body(Wire.get(guard.healthPort(), "/metrics"));

            assertThat(text).contains("tcpguard_listener_connections{listener=\"http-nio-8080\"} 0\n");
            assertThat(Promtool.run(text, "check", "metrics")).isEmpty();
            // The tool does find what is wrong.
            assertThat(Promtool.run("# TYPE x counter\nx 1\n", "check", "metrics"))
                    .contains("_total");
        }
    }
}
