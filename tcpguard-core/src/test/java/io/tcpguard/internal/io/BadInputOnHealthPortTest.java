/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.OpenDescriptors;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputOnHealthPortTest {
    private final List<Socket> strangers = new ArrayList<>();
    private final FakeView view = new FakeView();
    private IoThread io;
    private int port;

    @BeforeEach
    void open() {
        // A timeout that a busy machine does not reach.
        io = IoThread.open(
                new GuardConfig(Map.of(Setting.HEALTH_PORT, 0, Setting.HEALTH_TIMEOUT, Duration.ofMinutes(1))), view);
        io.start();
        port = io.healthPort();
    }

    @AfterEach
    void close() throws IOException {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        io.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "GET\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/2.0\r\n\r\n",
                "GET  / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "\u0000\u0001\u0002",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /\u0007 HTTP/1.1\r\n\r\n",
                "\r\n\r\n",
                "SSH-2.0-x\r\n"
            })
    void isAnsweredBy400(String garbage) throws IOException {
        assertThat(Wire.exchange(port, garbage)).startsWith("HTTP/1.1 400 Bad Request\r\n");
        checksAreAnswered();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "TRACE", "CONNECT", "BREW"})
    void isAWrongMethodAnsweredBy405(String method) throws IOException {
        assertThat(Wire.exchange(port, method + " / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD, OPTIONS\r\n");
    }

    @Test
    void isAMegabyteOfRequestLineAnsweredBy431() throws IOException {
        assertThat(Wire.exchange(port, "GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        checksAreAnswered();
    }

    @Test
    void isAHeadOfManyLinesAnsweredBy431() throws IOException {
        assertThat(Wire.exchange(port, "GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void isATlsHelloAnsweredByClosing() throws IOException {
        try (Socket socket = Wire.connect(port)) {
            Wire.send(socket, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        checksAreAnswered();
    }

    @Test
    void isAHalfClosedRequestAnswered() throws IOException {
        try (Socket socket = Wire.connect(port)) {
            Wire.send(socket, "GET /weight HTTP/1.0\r\n\r\n");
            socket.shutdownOutput();

            assertThat(Wire.readToEnd(socket)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n80\n");
        }
    }

    @Test
    void isAHalfRequestWithAnEndAnsweredBy400() throws IOException {
        try (Socket socket = Wire.connect(port)) {
            Wire.send(socket, "GET /weight HT");
            socket.shutdownOutput();

            assertThat(Wire.readToEnd(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void areSlowBytesServedWhileTheyAreInTime() throws IOException {
        try (Socket socket = Wire.connect(port)) {
            socket.setTcpNoDelay(true);
            for (char c : "GET /weight HTTP/1.0\r\n\r\n".toCharArray()) {
                Wire.send(socket, String.valueOf(c));
            }

            assertThat(Wire.readToEnd(socket)).endsWith("\r\n\r\n80\n");
        }
    }

    @Test
    void areBytesThatNeverEndCutOffByTheTimeout() throws IOException {
        try (IoThread impatient = IoThread.open(
                new GuardConfig(Map.of(Setting.HEALTH_PORT, 0, Setting.HEALTH_TIMEOUT, Duration.ofSeconds(1))),
                new FakeView())) {
            impatient.start();
            try (Socket slow = Wire.connect(impatient.healthPort());
                    Socket silent = Wire.connect(impatient.healthPort())) {
                Wire.send(slow, "GET / HT");

                assertThat(Wire.readToEnd(slow)).startsWith("HTTP/1.1 408 ");
                assertThat(Wire.readToEnd(silent)).isEmpty();
            }
        }
    }

    @Test
    void areHundredsOfIdleConnectionsNoHindranceForChecks() throws IOException {
        OpenDescriptors before = OpenDescriptors.now();
        for (int i = 0; i < 300; i++) {
            strangers.add(Wire.connect(port));
            if (i % 10 == 0) {
                checksAreAnswered();
            }
        }
        checksAreAnswered();

        // 300 are the strangers' own ends; ours are never more than the eight slots.
        strangersHold(before, 300 + 8);
    }

    @Test
    void takeStrangersNoneOfTheLastDescriptors() throws IOException {
        view.full();
        OpenDescriptors before = OpenDescriptors.now();
        for (int i = 0; i < 100; i++) {
            strangers.add(Wire.connect(port));
        }
        checksAreAnswered();

        strangersHold(before, 100 + 2);
    }

    private static void strangersHold(OpenDescriptors before, int more) {
        assumeTrue(OpenDescriptors.known(), "needs Linux");
        Await.until(
                "strangers gave way", () -> OpenDescriptors.now().since(before).size() <= more);
    }

    @Test
    void doesAPeerThatHoldsMostGiveWayFirst() throws IOException {
        try (Socket check = Wire.connect(port, "127.0.0.9")) {
            Wire.send(check, "GET /weight HTTP/1.0\r\n");
            checksAreAnswered();
            for (int i = 0; i < 100; i++) {
                strangers.add(Wire.connect(port));
            }
            checksAreAnswered();

            // The oldest of all, but alone at its address: it is still here, and answered.
            Wire.send(check, "\r\n");
            assertThat(Wire.readToEnd(check)).endsWith("\r\n\r\n80\n");
        } catch (SocketException e) {
            throw new AssertionError("the one check was pushed out by strangers", e);
        }
    }

    private void checksAreAnswered() throws IOException {
        assertThat(Wire.exchange(port, "127.0.0.8", "GET /weight HTTP/1.0\r\n\r\n"))
                .endsWith("\r\n\r\n80\n");
    }
}
