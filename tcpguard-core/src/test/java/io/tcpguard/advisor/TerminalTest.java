/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalTest {

    @ParameterizedTest
    @CsvSource({"24 80, 80", "50 132, 132", "50 20, 72", "50 300, 140", "0 0, 120", "'', 120", "none, 120"})
    void isAsWideAsItSaysWithinReason(String size, int width) {
        assertThat(Terminal.of(Map.of(), size).width()).isEqualTo(width);
    }

    @Test
    void believesColumnsFirst() {
        assertThat(Terminal.of(Map.of("COLUMNS", "90"), "24 80").width()).isEqualTo(90);
        assertThat(Terminal.of(Map.of("COLUMNS", "many"), "24 80").width()).isEqualTo(Terminal.USUAL_WIDTH);
    }

    @Test
    void staysPlainWhereColoursAreNotWanted() {
        assertThat(Terminal.of(Map.of("TERM", "xterm"), "").coloured()).isTrue();
        assertThat(Terminal.of(Map.of("TERM", "dumb"), "").coloured()).isFalse();
        assertThat(Terminal.of(Map.of("TERM", "xterm", "NO_COLOR", ""), "").coloured())
                .isFalse();
    }
}
