/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceEstimatorTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final PaceEstimator pace = new PaceEstimator();

    @Test
    void isUnsureForFifteenSecondsAfterASampleThatWasLate() {
        assertThat(pace.sure()).isTrue();
        pace.sampled(100 * MILLI);
        assertThat(pace.sure()).isTrue();

        pace.sampled(100 * MILLI + 1);
        assertThat(pace.sure()).isFalse();
        run(15);
        assertThat(pace.sure()).isFalse();
        run(15);
        assertThat(pace.sure()).isTrue();
    }

    /** Times are those of the last sample: with a late one a healthy client's pause looks shorter than it was. */
    @Test
    void takesNobodyForHurriedWhoMayHavePausedAsLongAsHealthyClientsDo() {
        learn(3 * SECOND);
        assertThat(pace.nanos()).isBetween(28 * SECOND / 10, 3 * SECOND);
        long shorter = pace.nanos() - 150 * MILLI;

        pace.sampled(20 * MILLI);
        assertThat(pace.hurried(shorter)).isTrue();
        assertThat(pace.hurried(pace.nanos())).isFalse();

        pace.sampled(150 * MILLI);
        assertThat(pace.hurried(shorter)).isFalse();
        assertThat(pace.hurried(shorter - 1)).as("late by no more than that").isTrue();

        pace.sampled(4 * SECOND);
        assertThat(pace.hurried(SECOND)).as("after a pause of the process").isFalse();
        run(30);
        assertThat(pace.hurried(shorter)).isTrue();
    }

    private void learn(long pause) {
        for (int i = 0; i < 600; i++) {
            pace.finished(i, pause);
        }
        pace.update();
        for (int i = 0; i < 600; i++) {
            pace.finished(i, pause);
        }
        pace.update();
    }

    private void run(int seconds) {
        for (int i = 0; i < seconds * 50; i++) {
            pace.sampled(20 * MILLI);
        }
    }
}
