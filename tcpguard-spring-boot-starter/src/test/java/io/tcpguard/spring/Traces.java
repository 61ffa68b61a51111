/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a guard leaves in the process. */
final class Traces {
    private Traces() {}

    /** Names of the guard's threads, sorted. */
    static List<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tcpguard"))
                .sorted()
                .toList();
    }

    /** Open files of /proc: nobody but the guard keeps any. */
    static long procFiles() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(Traces::isProcFile).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isProcFile(Path descriptor) {
        try {
            Path target = Files.readSymbolicLink(descriptor);
            // The listing's own descriptor is a directory.
            return target.startsWith("/proc") && !target.endsWith("fd");
        } catch (IOException e) {
            return false;
        }
    }
}
