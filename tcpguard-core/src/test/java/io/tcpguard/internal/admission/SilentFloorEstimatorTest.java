/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SilentFloorEstimatorTest {
    private static final long UNTIL_LEARNED = millis(2_000);

    private final SilentFloorEstimator learner = new SilentFloorEstimator(UNTIL_LEARNED);

    @Test
    void isTheTimeUntilLearnedAsLongAsFewAreKnown() {
        clients(0, 199, 10);

        assertThat(learner.nanos()).isEqualTo(UNTIL_LEARNED);
    }

    @Test
    void isHalfASecondWhereAllSendTheirFirstByteAtOnce() {
        clients(0, 1_000, 10);

        assertThat(learner.nanos()).isEqualTo(SilentFloorEstimator.LEAST);
    }

    @Test
    void sparesOneInAHundredThatIsSlowAndIsNeverLongerThanBefore() {
        clients(0, 1_000, 10);
        clients(1_000, 10, 600);
        assertThat(learner.nanos()).isBetween(millis(1_200), millis(1_250));

        clients(2_000, 30, 90_000);
        assertThat(learner.nanos()).isEqualTo(UNTIL_LEARNED);
    }

    @Test
    void isNotMadeShorterForSlowClientsByOneThatConnectsManyTimes() {
        clients(0, 500, 900);
        assertThat(learner.nanos()).isBetween(millis(1_800), millis(1_850));
        for (int i = 0; i < 1_000_000; i++) {
            learner.came(7, 0);
        }
        learner.update();

        assertThat(learner.nanos()).isBetween(millis(1_800), millis(1_850));
    }

    @Test
    void learnsNothingWhileSlotsAreScarceAndAllIsLate() {
        clients(0, 1_000, 10);
        learner.freeze(true);
        clients(1_000, 1_000, 1_900);

        assertThat(learner.nanos()).isEqualTo(SilentFloorEstimator.LEAST);
    }

    /** So many sources, a connection each. The first ones only tell that there are more than a handful. */
    private void clients(int from, int howMany, long afterMillis) {
        for (int i = from; i < from + 9; i++) {
            learner.came(i, millis(afterMillis));
        }
        learner.update();
        for (int i = from; i < from + howMany; i++) {
            learner.came(i, millis(afterMillis));
        }
        learner.update();
    }

    private static long millis(long n) {
        return TimeUnit.MILLISECONDS.toNanos(n);
    }
}
