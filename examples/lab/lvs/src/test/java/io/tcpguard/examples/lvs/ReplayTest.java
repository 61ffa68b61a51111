/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    /** The script's exit code when the machine lacks something. */
    private static final int MISSING = 3;

    private final Path directory;

    ReplayTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void refusesNonsenseBeforeItTouchesAnything() throws Exception {
        assertThat(replay("--servers", "99")).isEqualTo(2);
        assertThat(output()).contains("--servers 99 (expected: 2 to 5)");
        assertThat(replay("--only", "nobody")).isEqualTo(2);
        assertThat(replay("--seconds")).isEqualTo(2);
        assertThat(replay("--incident", "earthquake")).isEqualTo(2);
        assertThat(output()).contains("--incident earthquake (expected: flood", "hang-one");
    }

    @Test
    @Tag("long")
    void bootsADirectorKeepsGuardedServersInAndLeavesNothingBehind() throws Exception {
        Path out = directory.resolve("out");

        int code = replay("--servers", "2", "--seconds", "30", "--only", "guarded", "--out", out.toString());

        assumeTrue(code != MISSING, "the replay can't run here: " + output());
        assertThat(code).as(output()).isZero();
        Trace guarded = Trace.load(out.resolve("guarded"));
        assertThat(guarded.events()).isEqualTo(new CheckLog.Events(0, 0));
        assertThat(guarded.seconds()).hasSize(30).allMatch(s -> s.in() == 2);
        assertThat(Trace.mean(guarded.flood(), Second::abusers)).isPositive();
        assertThat(guarded.emfileLines()).isZero();
        assertThat(out.resolve("table.md")).isNotEmptyFile();
        assertThat(out.resolve("picture.svg")).isNotEmptyFile();
        assertThat(Path.of("/sys/class/net/tapd")).doesNotExist();
        try (var left = Files.newDirectoryStream(directory, "tcpg-replay.*")) {
            assertThat(left).isEmpty();
        }
    }

    private int replay(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("lvs.replay")));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().put("TMPDIR", directory.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            // The script takes everything it started with it.
            process.destroy();
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }
}
