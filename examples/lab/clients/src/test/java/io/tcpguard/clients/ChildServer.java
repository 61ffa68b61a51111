/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link ServerMain} with few descriptors, ended by its own handle. */
final class ChildServer implements AutoCloseable {
    final int port;
    final int healthPort;
    private final Process process;
    private final BufferedReader out;
    private final Path temp = Files.createTempDirectory("clients-server");

    ChildServer(int descriptors, String... arguments) throws IOException {
        this(descriptors, 96, arguments);
    }

    ChildServer(int descriptors, int heapMegabytes, String... arguments) throws IOException {
        boolean dead = List.of(arguments).contains("dns=dead");
        List<String> command = new ArrayList<>(dead ? List.of("unshare", "-m") : List.of());
        command.addAll(List.of(
                "sh",
                "-c",
                (dead
                                ? "echo nameserver 192.0.2.1 >" + temp + "/dns && mount --bind " + temp
                                        + "/dns /etc/resolv.conf && "
                                : "")
                        + "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-MaxFDLimit",
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                classPath(),
                ServerMain.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(temp.resolve("log").toFile())
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String[] ports = heard().split(" ", -1);
        port = Integer.parseInt(ports[0]);
        healthPort = Integer.parseInt(ports[1]);
    }

    /** Without the clients: each jar is a descriptor. */
    private static String classPath() {
        StringBuilder path = new StringBuilder();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (!name.endsWith(".jar") || name.matches("(tomcat|tcpguard|slf4j|netty-(?!resolver-dns)).*")) {
                path.append(entry).append(File.pathSeparator);
            }
        }
        return path.toString();
    }

    /** Has the server do something; evicted, refused, level and capacity afterwards. */
    String tell(String what) throws IOException {
        process.getOutputStream().write((what + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        return heard();
    }

    /** Own connections, threads, KiB of heap after a collection; each of them is asked for, and its books after. */
    synchronized long[] figures() throws IOException {
        process.getOutputStream().write("figures\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String[] figures = heard().split(" ", -1);
        String[] books = heard().split(" ", -1);
        return new long[] {
            Long.parseLong(figures[0]),
            Long.parseLong(figures[1]),
            Long.parseLong(figures[2]),
            Long.parseLong(books[0]),
            Long.parseLong(books[1]),
        };
    }

    /** Sets the limit of the process that runs, as an operator does. */
    void limit(int descriptors) throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        "prlimit", "--pid", String.valueOf(process.pid()), "--nofile=" + descriptors + ":")
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("prlimit says " + code);
        }
    }

    long pid() {
        return process.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .start()
                .waitFor();
    }

    long evicted() throws IOException {
        return Long.parseLong(tell("?").split(" ", 2)[0]);
    }

    int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    String log() throws IOException {
        return Files.readString(temp.resolve("log"));
    }

    private String heard() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("> ")) {
                return line.substring(2);
            }
        }
        throw new IOException("the server is gone: " + log());
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
