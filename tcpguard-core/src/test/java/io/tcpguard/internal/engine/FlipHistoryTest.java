/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlipHistoryTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final FlipHistory flips = new FlipHistory(1);

    @Test
    void lengthensNothingAsLongAsNoMoreThanAllowed() {
        flips.wentDown(MINUTE);

        assertThat(flips.lengthen(5, MINUTE)).isEqualTo(5);
    }

    @Test
    void doublesForEachMoreWithinTenMinutes() {
        flips.wentDown(MINUTE);
        flips.wentDown(2 * MINUTE);
        flips.wentDown(3 * MINUTE);

        assertThat(flips.lengthen(5, 11 * MINUTE - 1)).isEqualTo(20);
        assertThat(flips.lengthen(5, 11 * MINUTE)).isEqualTo(10);
        assertThat(flips.lengthen(5, 12 * MINUTE)).isEqualTo(5);
    }

    @Test
    void doublesSixTimesAtMost() {
        for (int i = 0; i < 50; i++) {
            flips.wentDown(MINUTE + i);
        }

        assertThat(flips.lengthen(1, 2 * MINUTE)).isEqualTo(64);
    }
}
