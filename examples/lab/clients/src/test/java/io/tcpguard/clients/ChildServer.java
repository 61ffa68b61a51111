/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import io.tcpguard.testkit.DescriptorLimit;
import io.tcpguard.testkit.JavaChild;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A {@link ServerMain} with few descriptors, ended by its own handle. */
final class ChildServer implements AutoCloseable {
    final int port;
    final int healthPort;
    private final JavaChild child;
    private final Path temp = Files.createTempDirectory("clients-server");

    ChildServer(int descriptors, String... arguments) throws IOException {
        this(descriptors, 96, arguments);
    }

    ChildServer(int descriptors, int heapMegabytes, String... arguments) throws IOException {
        this(descriptors, heapMegabytes, List.of(), arguments);
    }

    /** @param by a command that runs another one */
    ChildServer(int descriptors, int heapMegabytes, List<String> by, String... arguments) throws IOException {
        boolean dead = List.of(arguments).contains("dns=dead");
        List<String> command = new ArrayList<>(dead ? List.of("unshare", "-m") : by);
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
        child = new JavaChild(command);
        long[] ports = child.numbers();
        port = (int) ports[0];
        healthPort = (int) ports[1];
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
        return child.tell(what);
    }

    /** Own connections, threads, KiB of heap after a collection; each of them is asked for, and its books after. */
    synchronized long[] figures() throws IOException {
        child.send("figures");
        long[] figures = child.numbers();
        String[] books = child.heard().split(" ", -1);
        return new long[] {figures[0], figures[1], figures[2], Long.parseLong(books[0]), Long.parseLong(books[1])};
    }

    /** Sets the limit of the process that runs, as an operator does. */
    void limit(int descriptors) throws InterruptedException {
        DescriptorLimit.set(child.pid(), descriptors);
    }

    long pid() {
        return child.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        child.signal(name);
    }

    long evicted() throws IOException {
        return Long.parseLong(tell("?").split(" ", 2)[0]);
    }

    int descriptors() throws IOException {
        return child.openDescriptors();
    }

    String log() throws IOException {
        return child.log();
    }

    @Override
    public void close() throws IOException {
        child.close();
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
