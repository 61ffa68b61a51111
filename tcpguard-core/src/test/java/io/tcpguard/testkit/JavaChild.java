/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A JVM that a test starts, and ends by its own handle. It is told things line by line, and answers in lines that begin
 * with {@code "> "}; what else it says is passed over, and its error output is kept in a file.
 */
public final class JavaChild implements AutoCloseable {
    /** For a child that may open as many descriptors as the test itself. */
    public static final int ANY_LIMIT = 0;

    private static final String ANSWER = "> ";
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final BufferedReader out;
    private final Path log = Files.createTempFile("child", ".log");

    /** @param command see {@link #command} */
    public JavaChild(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Its next answer. */
    public String heard() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(ANSWER)) {
                return line.substring(ANSWER.length());
            }
        }
        throw new IOException("the child is gone: " + log());
    }

    /** Its next answer, which is numbers. */
    public long[] numbers() throws IOException {
        return Stream.of(heard().trim().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    /** The same from a server, which says why it can't be one here; the test is skipped then. */
    public long[] ports() throws IOException {
        String said = heard();
        if (said.startsWith("cannot: ")) {
            close();
            Assumptions.abort(said);
        }
        return Stream.of(said.trim().split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }

    /** Tells it a line. */
    public void send(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** The same; its answer. */
    public synchronized String tell(String line) throws IOException {
        send(line);
        return heard();
    }

    /** As {@code kill} does: {@code STOP}, for instance. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).start().waitFor();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public boolean endedWithin(long time, TimeUnit unit) throws InterruptedException {
        return process.waitFor(time, unit);
    }

    /** As the kernel has it, from outside: the child may have none left to look for itself. */
    public int openDescriptors() throws IOException {
        return openDescriptors(pid());
    }

    /** Those of any process of this user. */
    public static int openDescriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            return (int) open.count();
        }
    }

    /** Its error output so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends its input, and waits until it ends, as it is to then; kills it if it does not. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }

    /**
     * The command that runs a class in a JVM like this one.
     *
     * @param descriptors its hard limit, or {@link #ANY_LIMIT}
     * @param options of the JVM, for instance its heap
     */
    public static List<String> command(
            int descriptors, List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(limited(descriptors));
        command.add(java());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What gives a command that many descriptors, soft and hard, before it; nothing for {@link #ANY_LIMIT}. */
    public static List<String> limited(int descriptors) {
        return descriptors == ANY_LIMIT
                ? List.of()
                : List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\"");
    }

    /** The program of a JVM like this one. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The class path of these tests, as the build tool has it. */
    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Only what core needs: each jar of a class path is a descriptor, and memory. */
    public static String leanClassPath() {
        return Stream.of(classPath().split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith(".jar") || entry.contains("slf4j") || entry.contains("jspecify"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
