/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.JavaChild;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Netty comes in many jars, and few applications have all of them. These tests have. */
class ClassPathTest {
    private static final int DESCRIPTORS = 160;
    private static final int CLIENTS = 200;
    private static final int TRIES = 100;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @ParameterizedTest
    @CsvSource({
        "http, netty-codec-http2-.*",
        "http, netty-codec-(http2|haproxy)-.*|netty-transport-(classes|native).*|reactor.*",
        "echo, netty-(codec|handler|resolver-dns).*|reactor.*",
    })
    void idleClientsGiveWayWithoutTheJarsThatAnApplicationLacks(String speech, String absent) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (JavaChild server = new JavaChild(JavaChild.command(
                DESCRIPTORS,
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
                without(absent),
                BareServer.class,
                speech))) {
            int port = (int) server.ports()[0];
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(served(port));
            }
            assertThat(Integer.parseInt(server.tell("").trim())).isGreaterThan(CLIENTS - DESCRIPTORS);
            assertThat(server.log()).doesNotContain("NoClassDefFoundError").doesNotContain("raised an exception");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** One who has asked, was answered, and sits on the connection; tries again when refused. */
    private static Socket served(int port) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Socket client = new Socket();
            client.setSoTimeout(20_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
            client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            String begin = new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            if (begin.equals("HTTP/1.1 200") || (REQUEST.startsWith(begin) && !begin.isEmpty())) {
                return client;
            }
            client.close();
            Thread.sleep(100);
        }
        throw new AssertionError("refused " + TRIES + " times");
    }

    private static String without(String jars) {
        return Stream.of(JavaChild.classPath().split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).getFileName().toString().matches(jars))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
