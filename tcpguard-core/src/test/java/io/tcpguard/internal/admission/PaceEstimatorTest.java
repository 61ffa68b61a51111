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
        pace.sampled(100 * MILLI, 40 * SECOND);
        assertThat(pace.sure()).isTrue();

        pace.sampled(100 * MILLI + 1, 40 * SECOND);
        assertThat(pace.sure()).isFalse();
        pace.sampled(20 * MILLI, 55 * SECOND);
        assertThat(pace.sure()).isFalse();
        pace.sampled(20 * MILLI, 55 * SECOND + 1);
        assertThat(pace.sure()).isTrue();
    }
}
