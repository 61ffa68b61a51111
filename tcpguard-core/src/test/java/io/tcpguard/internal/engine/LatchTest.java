/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatchTest {
    private static final long DELAY = 30;
    private static final long DWELL = 100;

    private final Latch latch = new Latch(0.9, 0.7, DELAY, DWELL);

    @Test
    void risesOnlyAfterTheWholeDelayWithoutABreak() {
        assertThat(latch.step(0.95, 0)).isFalse();
        assertThat(latch.step(0.95, DELAY - 1)).isFalse();
        assertThat(latch.step(0.89, DELAY)).isFalse();
        assertThat(latch.step(0.95, DELAY + 1)).isFalse();
        assertThat(latch.step(0.95, DELAY + 1 + DELAY)).isTrue();
    }

    @Test
    void risesAtOnceWithoutADelay() {
        assertThat(new Latch(0.9, 0.7, 0, DWELL).step(0.9, 5)).isTrue();
    }

    @Test
    void staysRaisedBetweenLeaveAndEnter() {
        raise();

        assertThat(latch.step(0.7, 1_000)).isTrue();
        assertThat(latch.step(0.89, 1_000_000)).isTrue();
    }

    @Test
    void staysRaisedUntilCalmForTheWholeDwell() {
        raise();

        assertThat(latch.step(0.6, 1_000)).isTrue();
        assertThat(latch.step(0.6, 1_000 + DWELL - 1)).isTrue();
        assertThat(latch.step(0.6, 1_000 + DWELL)).isFalse();
    }

    @Test
    void startsItsDwellAnewAfterABreak() {
        raise();

        latch.step(0.6, 1_000);
        latch.step(0.75, 1_050);

        assertThat(latch.step(0.6, 1_000 + DWELL)).isTrue();
        assertThat(latch.step(0.6, 1_000 + 2 * DWELL)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50, Long.MIN_VALUE, -50})
    void doesNotMindWhereTheClockStandsOrThatItWraps(long origin) {
        latch.step(1, origin);
        assertThat(latch.step(1, origin + DELAY)).isTrue();
        latch.step(0, origin + DELAY + 1);
        assertThat(latch.step(0, origin + DELAY + DWELL)).isTrue();
        assertThat(latch.step(0, origin + DELAY + 1 + DWELL)).isFalse();
    }

    @Test
    void takesNaNForNoReasonToRise() {
        assertThat(latch.step(Double.NaN, 0)).isFalse();
        assertThat(latch.step(Double.NaN, 1_000)).isFalse();
    }

    @Test
    void refusesALeavePointAboveTheEnterPoint() {
        assertThatThrownBy(() -> new Latch(0.5, 0.6, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("enter=0.5 leave=0.6");
    }

    private void raise() {
        latch.step(1, 0);
        assertThat(latch.step(1, DELAY)).isTrue();
    }
}
