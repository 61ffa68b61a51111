/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's load tools and slowhttptest's four attacks, all at once against a server of 256 descriptors, on its main
 * port and on the guard's health port, with users in session beside them; and the same against the stock server.
 */
@Tag("long")
class LoadToolsTest {
    private static final int DESCRIPTORS = 256;
    private static final int SECONDS = 6;

    private final Path directory;

    LoadToolsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void takeNoUsersRequestThatAStockServerWouldKeepAndNoAnswerFromHealth() throws Exception {
        keepUsers("tomcat");
    }

    @Test
    void takeNoUsersRequestFromNetty() throws Exception {
        keepUsers("netty");
    }

    private void keepUsers(String kind) throws Exception {
        for (String tool : List.of("slowhttptest", "wrk", "h2load", "ab", "siege")) {
            assumeTrue(
                    found(tool), "needs " + tool + " (Debian's slowhttptest wrk nghttp2-client apache2-utils siege)");
        }
        int lostByStock;
        try (ChildServer stock = new ChildServer(DESCRIPTORS, kind, "off");
                Sessions users = new Sessions(stock)) {
            flood(stock.port, -1);
            System.out.println(kind + ", stock: " + users);
            lostByStock = users.lost();
        }
        try (ChildServer guarded = new ChildServer(DESCRIPTORS, kind, "on");
                Sessions users = new Sessions(guarded)) {
            int most = flood(guarded.port, guarded.healthPort, guarded);
            String told = guarded.tell("?");
            System.out.println(kind + ", guarded: " + users + "; at most " + most + " descriptors; " + told);

            assertThat(users.lost()).as("%s", users).isLessThanOrEqualTo(lostByStock);
            assertThat(users.failedChecks()).isEmpty();
            assertThat(users.checks()).isGreaterThan(SECONDS);
            assertThat(users.answers()).isGreaterThan(SECONDS * 8);
            assertThat(guarded.log()).doesNotContain("Too many open files", "OutOfMemory");
            assertThat(most).isLessThan(DESCRIPTORS);
            // Or nothing was shown.
            assertThat(told).as("evicted, refused").doesNotStartWith("0 0 ");
            assertThat(guarded.log()).doesNotContain("Too many open files", "OutOfMemory");
        }
    }

    private void flood(int port, int healthPort) throws Exception {
        flood(port, healthPort, null);
    }

    /** The most descriptors seen. */
    private int flood(int port, int healthPort, @org.jspecify.annotations.Nullable ChildServer seen) throws Exception {
        String main = "http://127.0.0.1:" + port + "/";
        List<Process> tools = new ArrayList<>();
        int most = 0;
        try {
            for (String attack : List.of("-H", "-B", "-R", "-X")) {
                tools.add(slow(attack, main));
            }
            load(tools, main);
            if (healthPort >= 0) {
                String health = "http://127.0.0.1:" + healthPort + "/health";
                tools.add(slow("-H", health));
                tools.add(slow("-B", health));
                tools.add(slow("-X", health));
                tools.add(start("wrk", "-t1", "-c16", "-d" + SECONDS + "s", health));
                tools.add(start("h2load", "--h1", "-c8", "-t1", "-D" + SECONDS, health));
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (System.nanoTime() - end < 0) {
                most = seen == null ? most : Math.max(most, seen.descriptors());
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } finally {
            for (Process tool : tools) {
                tool.destroy();
            }
            for (Process tool : tools) {
                if (!tool.waitFor(5, TimeUnit.SECONDS)) {
                    tool.destroyForcibly().waitFor();
                }
            }
        }
        return most;
    }

    private void load(List<Process> tools, String url) throws IOException {
        String seconds = String.valueOf(SECONDS);
        tools.add(start("wrk", "-t1", "-c64", "-d" + seconds + "s", url));
        tools.add(start("h2load", "-c32", "-t1", "-m4", "-D" + seconds, url));
        tools.add(start("h2load", "--h1", "-c32", "-t1", "-D" + seconds, url));
        tools.add(start("ab", "-r", "-k", "-c32", "-t" + seconds, "-n1000000", url));
        tools.add(start("ab", "-r", "-c16", "-t" + seconds, "-n1000000", url));
        Path quiet = directory.resolve("siege.conf");
        Files.writeString(quiet, "verbose = false\nquiet = true\nlogging = false\nlimit = 64\n");
        tools.add(start("siege", "-R", quiet.toString(), "-b", "-c16", "-t" + seconds + "S", url));
    }

    private Process slow(String attack, String url) throws IOException {
        return start(
                "slowhttptest",
                attack,
                "-c",
                "100",
                "-r",
                "50",
                "-i",
                "2",
                "-l",
                String.valueOf(SECONDS),
                "-p",
                "3",
                "-u",
                url);
    }

    private Process start(String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("nice", "-n", "5"));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        builder.directory(directory.toFile());
        return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(command[0] + ".log").toFile()))
                .start();
    }

    private static boolean found(String tool) {
        for (String directory : String.valueOf(System.getenv("PATH")).split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, tool.toLowerCase(Locale.ROOT)))) {
                return true;
            }
        }
        return false;
    }
}
