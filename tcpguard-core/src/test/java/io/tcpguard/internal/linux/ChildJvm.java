/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.testkit.JavaChild;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A running {@link ProbeChild}; ended by its own handle. */
final class ChildJvm implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 120;

    private static final Path OURS = Path.of(System.getProperty("java.home"));

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private ChildJvm(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** @param prefix what runs the JVM: a shell that sets a limit, a namespace; may be empty */
    static ChildJvm start(List<String> prefix) throws IOException {
        return start(prefix, JavaChild.classPath());
    }

    static ChildJvm start(List<String> prefix, String classPath) throws IOException {
        return start(prefix, OURS, classPath);
    }

    static ChildJvm start(List<String> prefix, Path javaHome, String classPath) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(javaHome.resolve("bin/java").toString());
        if (!javaHome.equals(OURS) || Runtime.version().feature() >= NativeAccess.FOREIGN_SINCE) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-MaxFDLimit",
                "-cp",
                classPath,
                ProbeChild.class.getName()));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Without Netty, so that no socket can be asked. */
    static String classPathWithoutNetty() {
        return Arrays.stream(JavaChild.classPath().split(":"))
                .filter(entry -> !entry.contains("netty"))
                .collect(Collectors.joining(":"));
    }

    long pid() {
        return process.pid();
    }

    /** Sends a command and waits for its line of answer. */
    String ask(String command) {
        try {
            in.write(command + "\n");
            in.flush();
            String answer = CompletableFuture.supplyAsync(this::line).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("the child ended at: " + command);
            }
            return answer;
        } catch (IOException | ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError(command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new AssertionError(command, e);
        }
    }

    private String line() {
        try {
            return out.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
