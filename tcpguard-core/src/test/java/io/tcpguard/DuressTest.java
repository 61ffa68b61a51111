/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that is stopped, and one whose memory is out, asked for its health from outside. */
class DuressTest {
    private static final String ALL = "tcpguard-io tcpguard-listeners tcpguard-log tcpguard-sampler";

    private @Nullable JavaChild child;
    private int health;
    private int main;

    @BeforeEach
    void onLinux() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux");
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        JavaChild c = child;
        if (c != null) {
            c.signal("CONT");
            c.close();
        }
    }

    @Test
    @Tag("long")
    void whoeverAsksRightAfterAPauseIsToldTheLastWord() throws Exception {
        start("48m", 10_000);
        child().tell("refuse");
        awaitStatus(503);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            answers.add(askedWhileStopped(300));
        }
        assertThat(answers).allMatch(a -> a.startsWith("HTTP/1.1 503 "));
    }

    @Test
    @Tag("long")
    void aFreezeWithConnectsPendingFailsHealthForNothing() throws Exception {
        start("48m", 1000);
        freeze(2000, 2000);
    }

    @Test
    @Tag("long")
    void freezesOfAnyLengthFailHealthForNothing() throws Exception {
        start("48m", 10_000);
        freeze(300, 1000, 2000, 5000, 10_500, 12_000);
    }

    @Test
    void eyesAndMouthOutliveAnExhaustedHeap() throws Exception {
        start("48m", 10_000);
        exhaust(4);
    }

    /**
     * Collections take all of the time then, and whoever allocates waits for them. Thirty times a minute for the
     * record: {@code -Dtcpguard.duress.rounds=30 -Dtcpguard.duress.seconds=60}.
     */
    @Test
    @Tag("record")
    void someChecksAreAnsweredAndBothThreadsLiveOnWhileTheHeapIsExhausted() throws Exception {
        for (int i = 0; i < Integer.getInteger("tcpguard.duress.rounds", 1); i++) {
            start("48m", 10_000);
            awaitStatus(200);
            child().send("fill");
            long until =
                    System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("tcpguard.duress.seconds", 30));
            int asked = 0;
            int ours = 0;
            int theirs = 0;
            while (System.nanoTime() - until < 0) {
                asked++;
                // In turns: after a long collection the next one has it easy.
                if (asked % 2 == 0) {
                    ours += isAnswered(health) ? 1 : 0;
                    theirs += isAnswered(main) ? 1 : 0;
                } else {
                    theirs += isAnswered(main) ? 1 : 0;
                    ours += isAnswered(health) ? 1 : 0;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            System.out.println("FIGURE of " + asked + " checks without heap the guard answered " + ours
                    + ", a page of the application " + theirs);
            child().send("empty");
            awaitStatus(200);
            for (String line = child().heard(); !line.equals(ALL); line = child().heard()) {
                child().send("threads");
            }
            assertThat(ours).isPositive();
            end();
            child = null;
        }
    }

    private static boolean isAnswered(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 3_000);
            socket.setSoTimeout(3_000);
            request(socket);
            return new String(socket.getInputStream().readNBytes(9), StandardCharsets.US_ASCII).equals("HTTP/1.1 ");
        } catch (IOException unanswered) {
            return false;
        }
    }

    private void freeze(long... each) throws Exception {
        awaitStatus(200);
        for (long millis : each) {
            child().signal("STOP");
            List<Socket> pending = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                pending.add(connect(main));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            child().signal("CONT");
            for (int n = 0; n < 20; n++) {
                assertThat(ask()).startsWith("HTTP/1.1 200 ");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            for (Socket socket : pending) {
                socket.close();
            }
        }
    }

    private void exhaust(int seconds) throws Exception {
        awaitStatus(200);
        child().send("fill");
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int asked = 0;
        while (System.nanoTime() - until < 0) {
            assertThat(ask()).startsWith("HTTP/1.1 ");
            asked++;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        assertThat(asked).isPositive();
        child().send("empty");
        awaitStatus(200);
        for (String line = child().heard(); !line.equals(ALL); line = child().heard()) {
            child().send("threads");
        }
        assertThat(child().tell("threads")).isEqualTo(ALL);
    }

    private void start(String heap, long stalledAfterMillis) throws IOException {
        JavaChild started = new JavaChild(JavaChild.command(
                JavaChild.ANY_LIMIT,
                List.of("-Xmx" + heap),
                JavaChild.leanClassPath(),
                DuressChild.class,
                Long.toString(stalledAfterMillis)));
        child = started;
        long[] ports = started.numbers();
        health = (int) ports[0];
        main = (int) ports[1];
    }

    private String askedWhileStopped(long millis) throws Exception {
        child().signal("STOP");
        try (Socket socket = connect(health)) {
            request(socket);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            child().signal("CONT");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private String ask() throws IOException {
        try (Socket socket = connect(health)) {
            request(socket);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private void awaitStatus(int status) {
        Await.until("health says " + status, () -> ask().startsWith("HTTP/1.1 " + status));
    }

    private static void request(Socket socket) throws IOException {
        socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private JavaChild child() {
        return Objects.requireNonNull(child);
    }
}
