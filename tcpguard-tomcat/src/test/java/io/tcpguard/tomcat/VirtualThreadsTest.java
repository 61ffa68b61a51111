/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.OutputChild;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thread for each request: none waits for a thread, whatever happens to all of them. On JDK 25, in a process of its
 * own.
 */
@Tag("long")
class VirtualThreadsTest {
    private static final Path JDK_25 = Path.of(System.getProperty("jdk25.home", "/usr/lib/jvm/temurin-25-jdk-amd64"));
    private static final int MORE_THAN_A_POOL = 250;

    private final List<Socket> clients = new ArrayList<>();
    private final OutputChild server;
    private int port;
    private int healthPort;

    VirtualThreadsTest() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(JDK_25), "no JDK 25 in " + JDK_25);
        server = new OutputChild(List.of(
                JDK_25.resolve("bin/java").toString(),
                "-Xmx256m",
                "-Djdk.virtualThreadScheduler.parallelism=2",
                "-Djdk.virtualThreadScheduler.maxPoolSize=2",
                "-cp",
                System.getProperty("java.class.path"),
                VirtualMain.class.getName(),
                "stalledAfter=6s",
                "queueWait=1s"));
    }

    @BeforeEach
    void ports() {
        Matcher ports = server.awaitSaid(Pattern.compile("^ports ([0-9]+) ([0-9]+)"));
        port = Integer.parseInt(ports.group(1));
        healthPort = Integer.parseInt(ports.group(2));
    }

    @AfterEach
    void end() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    private void ask(int times, String text) throws IOException {
        for (int i = 0; i < times; i++) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
            clients.add(client);
            client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private boolean up() {
        return Wire.tryGet(healthPort, "/health").startsWith("HTTP/1.1 200");
    }

    @Test
    void aBackEndThatHangsTakesHealthDownAndItIsUpAgainWithTheFirstAnswer() throws Exception {
        assertThat(up()).isTrue();
        ask(MORE_THAN_A_POOL, "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        Await.until("health is down", () -> !up());
        assertThat(Wire.tryGet(healthPort, "/details")).contains("WORK_DELAY");

        server.send('r');
        Await.until("health is up", this::up);
    }

    @Test
    void fewThatHangForLongAreNoSign() throws Exception {
        ask(50, "GET /hang HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 12; i++) {
            TimeUnit.SECONDS.sleep(1);
            assertThat(up()).isTrue();
        }
        assertThat(Wire.tryGet(healthPort, "/details")).contains("NORMAL");
    }

    @Test
    void slowBodiesAreEndedAndTakeNobodyDown() throws Exception {
        ask(MORE_THAN_A_POOL, "POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
        for (int i = 0; i < 20; i++) {
            TimeUnit.SECONDS.sleep(1);
            assertThat(Wire.tryGet(healthPort, "/health"))
                    .as(Wire.tryGet(healthPort, "/details"))
                    .startsWith("HTTP/1.1 200");
        }
        try (RawClient user = new RawClient(port)) {
            assertThat(user.get("/")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/spin", "/pin"})
    void carriersThatAreTakenShowAsDelayOfWork(String path) throws Exception {
        ask(6, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");

        Await.until(
                "work is late", () -> Wire.tryGet(healthPort, "/details").contains("work waits too long for a thread"));
    }
}
