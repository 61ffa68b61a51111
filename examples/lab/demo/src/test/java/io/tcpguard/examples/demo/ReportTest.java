/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void theTableSetsStockBesideGuarded() {
        List<String> lines = ResultTable.lines(Canned.SCHEDULE, Canned.stock(), Canned.guarded());

        assertThat(lines).anyMatch(l -> l.matches(" +descriptors at most \\(limit 256\\) +256 +230"));
        assertThat(lines).anyMatch(l -> l.matches(" +health checks failed +1 of 4 +0 of 4"));
        assertThat(lines).anyMatch(l -> l.matches(" +slowest health check +no answer +3 ms"));
        assertThat(lines).anyMatch(l -> l.matches(" +\\.\\.\\. at its end +20 +80"));
        assertThat(lines).anyMatch(l -> l.matches(" +established sessions lost +0 +0"));
        assertThat(lines).anyMatch(l -> l.matches(" +95 % of them back after +1 s +1 s"));
    }

    @Test
    void aLineOfTheLogHoldsASecondOfBoth() {
        String line = LineView.line(
                Canned.SCHEDULE,
                Canned.stock().seconds().get(7),
                Canned.guarded().seconds().get(7));

        assertThat(line)
                .startsWith("  8 s flood  | stock 256 fds")
                .contains("| guarded 230 fds SHED")
                .doesNotContain("\n", "\u001b");
    }

    @Test
    void theScreenIsDrawnOverItself() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ScreenView view = new ScreenView(new PrintStream(bytes, true, StandardCharsets.UTF_8), "tomcat", 256);
        Trace stock = Canned.stock();
        Trace guarded = Canned.guarded();

        for (int i = 0; i < 20; i++) {
            view.show(Canned.SCHEDULE, stock.seconds().get(i), guarded.seconds().get(i));
        }

        String text = bytes.toString(StandardCharsets.UTF_8);
        String[] frames = text.split("\u001b\\[10A", -1);
        assertThat(frames).hasSize(20);
        assertThat(frames).allMatch(f -> f.lines().count() == 10);
        assertThat(frames[7]).contains("FLOOD", "256/256", "230/256", "SHED", "80/100");
    }
}
