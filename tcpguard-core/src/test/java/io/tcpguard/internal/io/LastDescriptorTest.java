/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * At the last descriptor, while eight threads open whatever they can: accept(2) can't be given a descriptor that is
 * kept for it, so a check by TCP is answered as long as a race is won now and then (decision 68).
 */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptor limits are Linux's")
class LastDescriptorTest {
    private static final int DESCRIPTORS = 256;
    private static final long PACE_NANOS = 50_000_000;
    private static final int CHECKS = Integer.getInteger("tcpguard.lastDescriptor.checks", 50);

    /** As leaks are: somebody tries again now and then. */
    @Tag("long")
    @Test
    void isTakenFromNoCheckByThreadsThatTryAgainNowAndThen() throws Exception {
        assertThat(answered("guarded", 20)).isEqualTo(CHECKS);
    }

    /** Beside a port that the application answers by a thread that waits in accept; for the record of decision 68. */
    @Tag("record")
    @Test
    void isTakenFromChecksByThreadsThatTryWithoutAPauseUntilItComesBack() throws Exception {
        System.out.println("FIGURE of " + CHECKS + " checks at the last descriptor: stock answered "
                + answered("stock", 0) + ", guarded " + answered("guarded", 0));
    }

    private static int answered(String kind, int pauseMillis) throws Exception {
        List<String> command = JavaChild.command(
                DESCRIPTORS,
                List.of("-Xmx64m"),
                JavaChild.classPath(),
                LastDescriptorChild.class,
                kind,
                String.valueOf(pauseMillis));
        try (JavaChild child = new JavaChild(command)) {
            int port = (int) child.numbers()[0];
            Await.until("answers", () -> isAnswered(port));
            child.send("t");
            Await.until("all are taken", () -> child.openDescriptors() >= DESCRIPTORS - 1);
            int answered = 0;
            for (int i = 0; i < CHECKS; i++) {
                answered += isAnswered(port) ? 1 : 0;
                LockSupport.parkNanos(PACE_NANOS);
            }
            child.send("g");
            Await.until("answers when descriptors are back", () -> isAnswered(port));
            return answered;
        }
    }

    private static boolean isAnswered(int port) {
        try (Socket check = new Socket()) {
            check.setSoTimeout(1_000);
            check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            check.getOutputStream().write("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(check.getInputStream().readNBytes(9), StandardCharsets.US_ASCII).equals("HTTP/1.1 ");
        } catch (IOException unanswered) {
            return false;
        }
    }
}
