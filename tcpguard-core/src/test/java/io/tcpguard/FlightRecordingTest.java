/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process without a descriptor left, in its own recording; and one that can't record. */
class FlightRecordingTest {
    @BeforeEach
    void onLinux() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs Linux");
    }

    @Test
    void tellsOfARealExhaustion(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("exhaustion.jfr");

        assertThat(run(List.of(), file.toString())).contains("level DRAIN");

        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("io.tcpguard."))
                .toList();
        assertThat(events)
                .anySatisfy(e -> {
                    assertThat(e.getEventType().getName()).isEqualTo("io.tcpguard.LevelChange");
                    assertThat(e.getString("to")).isEqualTo("DRAIN");
                    assertThat(e.getString("leading")).isEqualTo("DESCRIPTORS");
                    assertThat(e.getLong("descriptorLimit")).isEqualTo(256);
                    assertThat(e.getLong("otherDescriptors")).isGreaterThan(200);
                })
                .anySatisfy(e -> {
                    assertThat(e.getEventType().getName()).isEqualTo("io.tcpguard.VerdictChange");
                    assertThat(e.getBoolean("up")).isFalse();
                })
                .anySatisfy(e -> {
                    assertThat(e.getEventType().getName()).isEqualTo("io.tcpguard.Shedding");
                    assertThat(e.getLong("refusedConnections")).isPositive();
                    assertThat(e.getLong("descriptors")).isGreaterThan(230);
                })
                .noneSatisfy(e -> assertThat(e.getEventType().getName()).isEqualTo("io.tcpguard.Sample"));
    }

    @Test
    void isNotMissedWhereTheRuntimeHasNone() throws Exception {
        assertThat(run(List.of("--limit-modules", "java.base,java.logging,jdk.management")))
                .contains("level DRAIN", "jfr false")
                .doesNotContain("Exception");
    }

    private static String run(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -n 256 && exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), RecordedChild.class.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        return said;
    }

    private static String classPath() {
        StringBuilder path = new StringBuilder();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            boolean needed = !entry.endsWith(".jar") || entry.contains("slf4j") || entry.contains("jspecify");
            path.append(needed ? Path.of(entry).toAbsolutePath() + File.pathSeparator : "");
        }
        return path.toString();
    }
}
