/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The door: {@code all}, or some of {@code throughput}, {@code refusals} and {@code goodput}, which are Tomcat's,
 * {@code netty-nio}, {@code netty-epoll} and {@code memory}. Takes a quarter of an hour.
 */
public final class Figures {
    private static final List<String> ALL =
            List.of("throughput", "refusals", "goodput", "netty-nio", "netty-epoll", "memory");

    private Figures() {}

    /** See the class. */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        List<String> wanted = args.length == 0 || List.of(args).contains("all") ? ALL : List.of(args);
        if (!ALL.containsAll(wanted)) {
            System.err.println("figures: " + String.join(" ", args) + " (expected: all, or some of "
                    + String.join(", ", ALL) + ")");
            System.exit(2);
        }
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            System.err.println("figures: processor time and descriptors are read in /proc, so it needs Linux");
            System.exit(2);
        }
        Path directory = Files.createTempDirectory("figures");
        if (wanted.contains("throughput")) {
            Throughput.STANDARD.print(directory, out);
        }
        if (wanted.contains("refusals")) {
            Refusals.STANDARD.print(directory, out);
        }
        if (wanted.contains("goodput")) {
            Goodput.STANDARD.print(directory, out);
        }
        for (Transport transport : Transport.values()) {
            if (wanted.contains("netty-" + transport.name().toLowerCase(Locale.ROOT))) {
                netty(transport, directory, out);
            }
        }
        if (wanted.contains("memory")) {
            new ConnectionMemory(2_000, 150).print(directory, out);
        }
        System.err.println("the servers' logs: " + directory);
    }

    private static void netty(Transport transport, Path directory, PrintStream out)
            throws IOException, InterruptedException {
        if (!transport.present()) {
            System.err.println("figures: Netty's native transport does not load here");
            System.exit(2);
        }
        Path here = directory.resolve("netty-" + transport);
        NettyRefusals.STANDARD.print(transport, here, out);
        Throughput.NETTY.printNetty(transport, here, out);
    }
}
