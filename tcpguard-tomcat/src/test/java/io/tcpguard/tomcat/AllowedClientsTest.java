/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A kubelet's liveness probes on the main port, one second's patience each, in a flood that fills the accept queue. */
@Tag("long")
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class AllowedClientsTest {
    private static final int PROBES = 30;

    @Test
    void areAnsweredWithinTheirPatienceInAFlood() throws Exception {
        assertThat(answered("allow=127.0.0.2/32")).isGreaterThanOrEqualTo(PROBES - 1);
    }

    @Test
    void othersAreNot() throws Exception {
        assertThat(answered("allow=127.0.0.3/32")).isLessThan(PROBES / 2);
    }

    private static int answered(String allow) throws Exception {
        int answered = 0;
        long longest = 0;
        try (ChildServer server = new ChildServer(256, "guarded", allow)) {
            assertThat(probe(server.port())).as("in peace").isTrue();
            try (Crowd crowd = new Crowd(server.port(), Abuse.ONE_REQUEST_AND_SIT, 2_000, 2_000, false)) {
                TimeUnit.SECONDS.sleep(3);
                for (int i = 0; i < PROBES; i++) {
                    long before = System.nanoTime();
                    if (probe(server.port())) {
                        answered++;
                        longest = Math.max(longest, System.nanoTime() - before);
                    }
                    TimeUnit.MILLISECONDS.sleep(300);
                }
                System.out.println(allow + ": " + answered + " of " + PROBES + " probes answered, the slowest after "
                        + TimeUnit.NANOSECONDS.toMillis(longest) + " ms; " + crowd);
            }
            assertThat(server.acceptErrors()).isEmpty();
        }
        return answered;
    }

    private static boolean probe(int port) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.2", 0));
            socket.setSoTimeout(1_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.getOutputStream()
                    .write("GET /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            return new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }
}
