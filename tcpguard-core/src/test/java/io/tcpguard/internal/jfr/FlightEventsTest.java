/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.testkit.Snapshots;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightEventsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RefusalCounters shed = new RefusalCounters();
    private final GuardSnapshot calm = Snapshots.calm();
    private final GuardSnapshot full = Snapshots.at(Level.SHED, 1_004);
    private final GuardSnapshot leak = Snapshots.leak("only 40 of 1024 descriptors are usable");

    @Test
    void allocateNothingWhileNobodyRecords() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FlightEvents events = new FlightEvents(shed, () -> 7, 0);
        long least = Long.MAX_VALUE;
        long now = 0;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                now += SECOND / 2;
                shed.count(
                        RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
                events.sampled(calm, full, now);
                events.sampled(full, leak, now);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }

        assertThat(least).isZero();
    }

    @Test
    void tellOfChangesAndOncePerSecondOfWhatWasRefused(@TempDir Path directory) throws IOException {
        List<RecordedEvent> recorded = recorded(directory, false);

        assertThat(recorded.stream().map(e -> e.getEventType().getName()))
                .containsExactly(
                        // At the start.
                        "io.tcpguard.LevelChange",
                        "io.tcpguard.VerdictChange",
                        "io.tcpguard.Shedding",
                        "io.tcpguard.LevelChange",
                        "io.tcpguard.Shedding",
                        "io.tcpguard.LevelChange",
                        "io.tcpguard.VerdictChange");
        assertThat(recorded.get(3).getString("from")).isEqualTo("NORMAL");
        assertThat(recorded.get(3).getString("to")).isEqualTo("SHED");
        assertThat(recorded.get(3).getLong("descriptors")).isEqualTo(1_004);
        assertThat(recorded.get(4).getLong("refusedConnections")).isEqualTo(3);
        assertThat(recorded.get(4).getDuration("span").toMillis()).isEqualTo(1_000);
        assertThat(recorded.get(6).getBoolean("up")).isFalse();
        assertThat(recorded.get(6).getString("reason")).contains("only 40 of 1024");
    }

    @Test
    void sampleOnceASecondWhereThatIsAskedFor(@TempDir Path directory) throws IOException {
        List<RecordedEvent> samples = recorded(directory, true).stream()
                .filter(e -> e.getEventType().getName().equals("io.tcpguard.Sample"))
                .toList();

        assertThat(samples).hasSize(4);
        assertThat(samples.get(1).getString("level")).isEqualTo("SHED");
        assertThat(samples.get(1).getLong("descriptorLimit")).isEqualTo(1_024);
    }

    @Test
    void explainThemselvesToWhoeverReads() {
        for (Class<? extends jdk.jfr.Event> type :
                List.of(LevelChange.class, VerdictChange.class, Shedding.class, Sample.class)) {
            EventType event = EventType.getEventType(type);
            assertThat(event.getCategoryNames()).containsExactly("tcpguard");
            assertThat(event.getDescription()).isNotBlank();
            assertThat(event.getName()).isEqualTo("io.tcpguard." + type.getSimpleName());
            assertThat(type.getAnnotation(StackTrace.class).value()).isFalse();
            assertThat(event.getFields())
                    .allSatisfy(field ->
                            assertThat(field.getLabel()).as(field.getName()).isNotBlank());
        }
    }

    private List<RecordedEvent> recorded(Path directory, boolean samples) throws IOException {
        Path file = directory.resolve("recorded.jfr");
        try (Recording recording = new Recording()) {
            if (samples) {
                recording.enable("io.tcpguard.Sample");
            }
            recording.start();
            FlightEvents events = new FlightEvents(shed, () -> 7, 0);
            events.started(calm);
            events.sampled(calm, full, SECOND / 2);
            for (int i = 0; i < 3; i++) {
                shed.count(
                        RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
            }
            events.sampled(full, full, SECOND);
            events.sampled(full, full, 2 * SECOND);
            events.sampled(full, leak, 3 * SECOND);
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("io.tcpguard."))
                .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime()))
                .toList();
    }
}
