/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.testkit.Ended;
import io.tcpguard.testkit.JavaChild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return Ended.of(JavaChild.command(256, options, JavaChild.leanClassPath(), RecordedChild.class, arguments))
                .well();
    }
}
