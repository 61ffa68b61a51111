/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What an application's log says of the guard when it starts: as Spring Boot writes it. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the guard reads Linux's descriptors")
class StartLinesTest {
    private final Example example;

    StartLinesTest(@TempDir Path base) {
        this.example = new Example(base);
    }

    @Test
    void haveOneForTheConnectorAndNoneOfTrouble() throws Exception {
        areCalmAndTellOf(1);
    }

    @Test
    void haveOneForEachConnectorWhereTheManagementHasItsOwn() throws Exception {
        areCalmAndTellOf(2, "--management.server.port=0", "--management.server.address=127.0.0.1");
    }

    private void areCalmAndTellOf(int connectors, String... arguments) throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream console = System.out;
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try (ConfigurableApplicationContext application = example.start(arguments)) {
            TcpGuard guard = application.getBean(TcpGuard.class);
            Await.until("up", () -> Web.get(guard.healthPort(), "/").statusCode() == 200);
            assertThat(Web.get(Example.port(application), "/").body()).isEqualTo("hello");
            // A few samples later, too.
            Thread.sleep(500);
        } finally {
            System.setOut(console);
        }
        List<String> lines = written.toString(StandardCharsets.UTF_8)
                .lines()
                .takeWhile(line -> !line.contains("stopping"))
                .toList();
        assertThat(about(lines, ": active: ")).as("%s", lines).hasSize(connectors);
        assertThat(about(lines, "Health is told on ")).as("%s", lines).hasSize(1);
        assertThat(lines)
                .noneMatch(line -> line.contains("DOWN") || line.contains("NORMAL -> NORMAL"))
                .noneMatch(line -> line.contains("tcpguard") && line.contains(" WARN ") && !line.contains("advisor, "));
    }

    private static Stream<String> about(List<String> lines, String text) {
        return lines.stream().filter(line -> line.contains(text));
    }
}
