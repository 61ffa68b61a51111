/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guarded server says on its health port of a flood that was real: a child JVM with 256 descriptors. */
@Tag("long")
class IncidentTest {
    private static final int FLOOD = 400;

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void isToldInPlainWordsFromTheFirstSignToTheWayBack(String server) throws Exception {
        assumeThat(Path.of("/proc/self/fd")).as("Linux").exists();
        // Nobody checks here as LVS does, so the first would wait instead of being refused.
        try (LoginChild child =
                new LoginChild(server, List.of("-Xmx64m", "-Dfile.encoding=UTF-8"), "--set", "resetBudget=1000")) {
            int healthPort = child.healthPort;
            assertThat(get(healthPort, "/incident")).isEqualTo("Nothing has happened since the guard started.\n");

            flood(child.port, healthPort);
            String incident = Await.value(() -> get(healthPort, "/incident"), text -> text.contains("-> NORMAL"));

            assertThat(incident)
                    .startsWith("What happened: ")
                    .contains("led by      the process's file descriptors (DESCRIPTORS)")
                    .containsPattern("of 256 descriptors in use, \\d+ by connections")
                    .contains("-> SHED")
                    .containsPattern("refused     [1-9]\\d* in all")
                    .contains("because connections had taken the slots")
                    .contains("descriptors = 256: ");
            child.awaitSaid("What happened: ");
            child.awaitSaid("dangerous: descriptors = 256");
            assertThat(get(healthPort, "/advice"))
                    .contains("DANGEROUS  descriptors = 256", "in force")
                    .doesNotContain("listeners none known");
        }
    }

    /** Clients that ask once and then sit there, until the server has begun to shed. */
    private static void flood(int port, int healthPort) throws Exception {
        List<Closeable> clients = new ArrayList<>();
        try {
            for (int i = 0; i < FLOOD; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                clients.add(client);
                ask(client);
            }
            Await.value(() -> get(healthPort, "/incident"), text -> text.contains("-> SHED"));
        } finally {
            for (Closeable client : clients) {
                client.close();
            }
        }
    }

    private static void ask(Socket client) {
        try {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException refused) {
            // By a reset: that is what a flood gets.
        }
    }

    private static String get(int port, String path) throws IOException {
        return Wire.body(Wire.get(port, path));
    }
}
