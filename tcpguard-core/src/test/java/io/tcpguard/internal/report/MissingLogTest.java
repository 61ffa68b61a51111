/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** In a child JVM with slf4j-api alone, as in a standalone Tomcat's lib. */
class MissingLogTest {

    static final class Server {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                TcpGuard.builder().build().start().close();
            }
        }
    }

    @Test
    void saysOnceByJavasOwnLogThatSlf4jHasNoProvider() throws Exception {
        assertThat(output(entry -> !entry.contains("slf4j") || entry.contains("slf4j-api")))
                .containsOnlyOnce("nothing it logs is seen: SLF4J has no provider");
    }

    @Test
    void saysNothingWhereThereIsOne() throws Exception {
        assertThat(output(entry -> true)).contains("tcpguard").doesNotContain("SLF4J has no provider");
    }

    private static String output(java.util.function.Predicate<String> kept) throws IOException, InterruptedException {
        String classPath = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator, -1))
                .filter(kept)
                .collect(Collectors.joining(File.pathSeparator));
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        Server.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).as(output).isZero();
            return output;
        } finally {
            child.destroyForcibly();
        }
    }
}
