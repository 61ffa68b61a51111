/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guarded server says on its health port of a flood that was real: a child JVM with 256 descriptors. */
@Tag("long")
class IncidentTest {
    private static final Pattern READY = Pattern.compile("(?m)^ready: \\w+ port=(\\d+) health-port=(\\d+) ");
    private static final int FLOOD = 400;
    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(90);

    @ParameterizedTest
    @ValueSource(strings = {"tomcat", "netty"})
    void isToldInPlainWordsFromTheFirstSignToTheWayBack(String server, @TempDir Path directory) throws Exception {
        assumeThat(Path.of("/proc/self/fd")).as("Linux").exists();
        Path log = directory.resolve("server.log");
        Process child = launch(server, log);
        try {
            Matcher ready = await(() -> ready(child, log), Matcher::find);
            int port = Integer.parseInt(ready.group(1));
            int healthPort = Integer.parseInt(ready.group(2));
            assertThat(get(healthPort, "/incident")).isEqualTo("Nothing has happened since the guard started.\n");

            flood(port, healthPort);
            String incident = await(() -> get(healthPort, "/incident"), text -> text.contains("-> NORMAL"));

            assertThat(incident)
                    .startsWith("What happened: ")
                    .contains("led by      the process's file descriptors (DESCRIPTORS)")
                    .containsPattern("of 256 descriptors in use, \\d+ by connections")
                    .contains("-> SHED")
                    .containsPattern("refused     [1-9]\\d* in all")
                    .contains("because connections had taken the slots")
                    .contains("descriptors = 256: ");
            assertThat(await(() -> Files.readString(log), text -> text.contains("What happened: ")))
                    .contains("dangerous: descriptors = 256");
            assertThat(get(healthPort, "/advice"))
                    .contains("DANGEROUS  descriptors = 256", "in force")
                    .doesNotContain("listeners none known");
        } finally {
            child.destroy();
            if (!child.waitFor(10, TimeUnit.SECONDS)) {
                child.destroyForcibly();
            }
        }
    }

    private static Process launch(String server, Path log) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 256 && exec \"$@\"",
                        "sh",
                        java,
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:-MaxFDLimit",
                        "-Dfile.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoginServer.class.getName(),
                        "--server",
                        server,
                        "--port",
                        "0",
                        "--health-port",
                        "0",
                        // Nobody checks here as LVS does, so the first would wait instead of being refused.
                        "--set",
                        "resetBudget=1000")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static Matcher ready(Process child, Path log) throws IOException {
        String output = Files.readString(log);
        assertThat(child.isAlive()).as(output).isTrue();
        return READY.matcher(output);
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
            await(() -> get(healthPort, "/incident"), text -> text.contains("-> SHED"));
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
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private interface Condition<T> {
        boolean holds(T value);
    }

    private static <T> T await(Callable<T> source, Condition<T> condition) throws Exception {
        long end = System.nanoTime() + DEADLINE;
        T value = source.call();
        while (!condition.holds(value)) {
            assertThat(end - System.nanoTime())
                    .as("nanoseconds left; last: %s", value)
                    .isPositive();
            Thread.sleep(100);
            value = source.call();
        }
        return value;
    }
}
