/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Strangers do their worst to the health port while a flood fills the main port of a server with few descriptors and a
 * small heap.
 */
@Tag("long")
class HealthPortUnderFloodTest {
    private static final int FLOOD = 400;
    private static final int IDLE = 2000;
    private static final int CHECKS = 60;
    /** keepalived's, in the rig and in most configurations. */
    private static final int CHECK_TIMEOUT_MILLIS = 3000;

    private static final byte[] REQUEST = bytes("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");

    private final Path directory;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger deeds = new AtomicInteger();
    private volatile boolean over;
    private int port;
    private int healthPort;

    HealthPortUnderFloodTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void answersEachCheckInTimeWithBoundedDescriptorsAndMemory(String kind) throws Exception {
        assumeThat(Path.of("/proc/self/fd")).as("Linux").exists();
        try (LoginChild server = new LoginChild(
                kind, List.of("-Xmx40m", "-XX:+ExitOnOutOfMemoryError", "-Djava.io.tmpdir=" + directory))) {
            answersEachCheck(server);
        } finally {
            over = true;
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(60));
            }
        }
    }

    private void answersEachCheck(LoginChild server) throws Exception {
        port = server.port;
        healthPort = server.healthPort;
        begin("flood", this::flood);
        Await.until("the server sheds", () -> check().contains("SHED"));
        begin("idlers", this::idle);
        begin("garbage", () -> say("garbage\r\n\r\n", false));
        begin("wrong method", () -> say("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", false));
        begin("TLS hello", () -> say("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", false));
        begin("half-close", () -> say("GET /weight HT", true));
        begin("megabytes", () -> say("GET /" + "a".repeat(1 << 20), false));
        begin("slow bytes", this::dribble);

        int answered = 0;
        int shedding = 0;
        int most = 0;
        for (int i = 0; i < CHECKS; i++) {
            String answer = check();
            answered += answer.startsWith("HTTP/1.1 200 ") ? 1 : 0;
            shedding += answer.contains("SHED") ? 1 : 0;
            most = Math.max(most, server.openDescriptors());
            // About as often as a dozen directors would.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
        }

        assertThat(answered).as("checks answered").isEqualTo(CHECKS);
        // Six of 256 are untouched, and two may be opened while one looks.
        assertThat(most).as("descriptors at most").isLessThanOrEqualTo(LoginChild.DESCRIPTORS - 4);
        // With a heap that holds not even forty of the megabytes, and would end itself.
        assertThat(server.isAlive()).as("%s", server.output()).isTrue();
        assertThat(server.said("OutOfMemory") || server.said("Too many open files"))
                .as("%s", server.output())
                .isFalse();
        // Or nothing was shown:
        assertThat(shedding).as("checks in the flood").isGreaterThan(CHECKS / 2);
        assertThat(deeds.get()).isGreaterThan(IDLE);
    }

    /** keepalived's HTTP_GET: connects, asks, reads to the end, each in its time. What went wrong is no answer. */
    private String check() {
        try (Socket socket = connect(healthPort, "127.0.0.8")) {
            socket.getOutputStream().write(REQUEST);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ask once, sit there, and come again when refused. */
    private void flood() {
        Deque<Socket> held = new ArrayDeque<>();
        try {
            while (!over) {
                try {
                    Socket client = connect(port, "127.0.0.1");
                    held.add(client);
                    client.getOutputStream().write(REQUEST);
                } catch (IOException e) {
                    // Refused by a reset.
                }
                if (held.size() > FLOOD) {
                    close(held.remove());
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        } finally {
            held.forEach(HealthPortUnderFloodTest::close);
        }
    }

    /** Connect to the health port by the thousand, say nothing, and stay. */
    private void idle() {
        Deque<Socket> held = new ArrayDeque<>();
        try {
            while (!over) {
                try {
                    held.add(connect(healthPort, "127.0.0.2"));
                    deeds.incrementAndGet();
                } catch (IOException e) {
                    // Pushed out by the next one.
                }
                if (held.size() > IDLE) {
                    close(held.remove());
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        } finally {
            held.forEach(HealthPortUnderFloodTest::close);
        }
    }

    private void say(String words, boolean half) {
        byte[] bytes = bytes(words);
        while (!over) {
            try (Socket socket = connect(healthPort, "127.0.0.3")) {
                socket.getOutputStream().write(bytes);
                if (half) {
                    socket.shutdownOutput();
                }
                InputStream in = socket.getInputStream();
                while (in.read() >= 0) {
                    // To the end.
                }
            } catch (IOException e) {
                // Cut off: as it should be.
            }
            deeds.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private void dribble() {
        while (!over) {
            try (Socket socket = connect(healthPort, "127.0.0.4")) {
                for (byte b : REQUEST) {
                    socket.getOutputStream().write(b);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            } catch (IOException e) {
                // Cut off: as it should be.
            }
            deeds.incrementAndGet();
        }
    }

    private void begin(String name, Runnable deed) {
        Thread thread = new Thread(deed, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /** All of 127.0.0.0/8 is local on Linux. */
    private static Socket connect(int port, String from) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CHECK_TIMEOUT_MILLIS);
            socket.setSoTimeout(CHECK_TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            close(socket);
            throw e;
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
