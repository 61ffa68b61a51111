package io.tcpguard.examples.figures;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The door: {@code all}, or some of {@code throughput}, {@code refusals} and {@code goodput}. Takes eight minutes. */
public final class Figures {
    private static final List<String> ALL = List.of("throughput", "refusals", "goodput");

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
        System.err.println("the servers' logs: " + directory);
    }
}
