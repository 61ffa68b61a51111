/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.signal.Signal;
import io.tcpguard.testkit.Await;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class PortsTest {
    private final Example example;

    PortsTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @Test
    void knowsTheClientsOfAManagementPortForClients() throws Exception {
        try (ConfigurableApplicationContext application = example.start("--management.server.port=0")) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            int management = Example.managementPort(application);
            Await.until("both listeners watched", () -> listeners(guard) == 2);
            assertThat(Web.get(management, "/actuator/health").statusCode()).isIn(200, 503);
            List<Socket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    clients.add(new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), management));
                }
                Await.until(
                        "the clients in the books",
                        () -> guard.snapshot().capacity().own() >= 20);
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
            application.stop();
            application.start();
            Await.until("both listeners watched again", () -> listeners(guard) == 2);
            Await.until("healthy again", () -> Web.get(guard.healthPort(), "/").statusCode() == 200);
        }
    }

    private static long listeners(TcpGuard guard) {
        return guard.snapshot().signals().stream()
                .filter(signal -> signal.reading().signal() == Signal.ACCEPT_QUEUE)
                .count();
    }
}
