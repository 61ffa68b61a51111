/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.JavaChild;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
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
        String classPath = Arrays.stream(JavaChild.classPath().split(File.pathSeparator, -1))
                .filter(kept)
                .collect(Collectors.joining(File.pathSeparator));
        return Ended.of(JavaChild.command(
                        JavaChild.ANY_LIMIT, List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"), classPath, Server.class))
                .well();
    }
}
