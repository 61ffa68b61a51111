/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How tests start a JVM of their own, and end it. */
public final class JavaChild {
    /** For a child that may open as many descriptors as the test itself. */
    public static final int ANY_LIMIT = 0;

    private static final long PATIENCE_SECONDS = 10;

    private JavaChild() {}

    /**
     * The command that runs a class in a JVM like this one.
     *
     * @param descriptors its hard limit, or {@link #ANY_LIMIT}
     * @param options of the JVM, for instance its heap
     */
    public static List<String> command(
            int descriptors, List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        if (descriptors != ANY_LIMIT) {
            command.addAll(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
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

    /** Waits until it ends, as it is to once its input has; kills it if it does not. */
    public static void end(Process child) {
        try {
            if (!child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                child.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            child.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
