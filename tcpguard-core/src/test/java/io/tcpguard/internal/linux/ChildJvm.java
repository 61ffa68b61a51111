/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final String OURS = JavaChild.java();

    private final JavaChild jvm;

    private ChildJvm(JavaChild jvm) {
        this.jvm = jvm;
    }

    /** @param prefix what runs the JVM: a shell that sets a limit, a namespace; may be empty */
    static ChildJvm start(List<String> prefix) throws IOException {
        return start(prefix, JavaChild.classPath());
    }

    static ChildJvm start(List<String> prefix, String classPath) throws IOException {
        return start(prefix, OURS, classPath);
    }

    static ChildJvm start(List<String> prefix, String java, String classPath) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(java);
        if (!java.equals(OURS) || Runtime.version().feature() >= NativeAccess.FOREIGN_SINCE) {
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
        return new ChildJvm(new JavaChild(command));
    }

    /** Without Netty, so that no socket can be asked. */
    static String classPathWithoutNetty() {
        return Arrays.stream(JavaChild.classPath().split(":"))
                .filter(entry -> !entry.contains("netty"))
                .collect(Collectors.joining(":"));
    }

    long pid() {
        return jvm.pid();
    }

    /** Sends a command and waits for its line of answer. */
    String ask(String command) {
        try {
            return CompletableFuture.supplyAsync(() -> told(command)).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(command, e);
        }
    }

    private String told(String command) {
        try {
            return jvm.tell(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            jvm.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
