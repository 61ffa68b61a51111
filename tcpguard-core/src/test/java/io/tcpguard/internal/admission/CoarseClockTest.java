/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CoarseClockTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_STEP = 200 * MILLI;

    private long system = 1_000 * MILLI;
    private int woken;
    private final CoarseClock clock = new CoarseClock(system, () -> system);

    @Test
    void standsStillBetweenTwoSamples() {
        system += 20 * MILLI;
        assertThat(clock.nanos()).isEqualTo(0);

        clock.advance(system, LONGEST_STEP);
        assertThat(clock.nanos()).isEqualTo(20 * MILLI);
    }

    @Test
    void leavesAPauseOutThatIsLongerThanSamplesMayBeLate() {
        system += 5_000 * MILLI;
        clock.advance(system, LONGEST_STEP);

        assertThat(clock.nanos()).isEqualTo(200 * MILLI);
    }

    @Test
    void aRequestThatEndsARestIsStampedWithTheTimeOfNow() {
        clock.wakes(() -> {
            woken++;
            clock.resume();
        });
        clock.rest();
        system += 437 * MILLI;

        assertThat(clock.nanos()).isEqualTo(437 * MILLI);
        assertThat(woken).isEqualTo(1);
        // The sampler is on its way, and may be late: then nobody grows idle.
        system += 60_000 * MILLI;
        assertThat(clock.nanos()).isEqualTo(437 * MILLI);
        assertThat(woken).isEqualTo(1);
    }

    @Test
    void aRestIsNoPauseAndNoLateSample() {
        for (int i = 0; i < 100; i++) {
            clock.rest();
            system += 500 * MILLI;
            clock.rested(system);
            system += 3 * MILLI;
            assertThat(clock.advance(system, LONGEST_STEP)).isEqualTo(3 * MILLI);
        }
        assertThat(clock.nanos()).isEqualTo(system - 1_000 * MILLI);
    }

    @Test
    void whatWasLeftOutStaysLeftOutDuringARest() {
        system += 5_000 * MILLI;
        clock.advance(system, LONGEST_STEP);
        clock.rest();
        system += 100 * MILLI;

        assertThat(clock.nanos()).isEqualTo(300 * MILLI);
    }
}
