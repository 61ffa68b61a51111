/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.TcpGuard;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.testkit.Promtool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Prometheus's own tool has nothing to say against the text. */
class PromtoolTest {
    @Test
    void findsNothingWrongWithTheText() throws IOException, InterruptedException {
        assumeTrue(Promtool.isInstalled(), "needs promtool (Debian: prometheus)");
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("http-nio-8080", server.getLocalPort(), () -> true);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), guard.healthPort())) {
            assertThat(listener).isNotNull();
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String text = answer.substring(answer.indexOf("\r\n\r\n") + 4);

            assertThat(text).contains("tcpguard_listener_connections{listener=\"http-nio-8080\"} 0\n");
            assertThat(Promtool.run(text, "check", "metrics")).isEmpty();
            // The tool does find what is wrong.
            assertThat(Promtool.run("# TYPE x counter\nx 1\n", "check", "metrics"))
                    .contains("_total");
        }
    }
}
