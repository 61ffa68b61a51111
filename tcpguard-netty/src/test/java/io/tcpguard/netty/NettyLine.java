/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.tcpguard.testkit.JavaChild;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The line of Netty that a server in a JVM of its own runs on. The class files are the same, compiled for 4.1. */
enum NettyLine {
    V4_1 {
        @Override
        String classPath() {
            return JavaChild.classPath();
        }
    },
    V4_2 {
        @Override
        String classPath() throws IOException {
            Assumptions.assumeTrue(Files.isDirectory(JARS), "the jars of Netty 4.2 come with -Plong");
            Stream<String> others = Stream.of(V4_1.classPath().split(File.pathSeparator, -1))
                    .filter(entry -> !entry.contains(File.separator + "netty-") || !entry.endsWith(".jar"));
            try (Stream<Path> jars = Files.list(JARS)) {
                return Stream.concat(others, jars.map(Path::toString)).collect(Collectors.joining(File.pathSeparator));
            }
        }
    };

    private static final Path JARS = Path.of("target", "netty-4.2");

    /** The class path of these tests, as the build tool has it, with the jars of this line. */
    abstract String classPath() throws IOException;
}
