/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.Capacity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyBudgetTest {
    @Test
    void isNettysOwnAndTheMostAnswersWhileTheLimitIsUnknown() {
        assertThat(ReplyBudget.batch(Capacity.UNKNOWN, 16)).isEqualTo(16);
        assertThat(ReplyBudget.ofBatches(Capacity.UNKNOWN, 0)).isEqualTo(ReplyBudget.MOST_ANSWERS);
    }

    @ParameterizedTest
    @ValueSource(longs = {32, 100, 600, 6000})
    void leavesWhatNobodyMayTakeWhenTheCoreOvershootsAsFarAsItMay(long reserve) {
        long used = 20_000 - reserve + reserve / 4;
        Capacity capacity = new Capacity(20_000, used, 10, 20_000 - reserve);

        int answers = ReplyBudget.ofBatches(capacity, 0);
        assertThat(answers).isPositive();
        assertThat(used + answers + ReplyBudget.batch(capacity, 16)).isLessThanOrEqualTo(20_000 - capacity.keptFree());
    }

    @Test
    void countsAnswersInTheMakingAsTheDescriptorsThatTheyAre() {
        Capacity before = new Capacity(256, 226, 100, 224);
        Capacity after = new Capacity(256, 226 + 5, 100, 224);

        assertThat(ReplyBudget.ofBatches(after, 5)).isEqualTo(ReplyBudget.ofBatches(before, 0));
    }

    @Test
    void acceptsOneAtATimeAndAnswersNobodyWithoutReserve() {
        Capacity none = new Capacity(256, 100, 10, 256);

        assertThat(ReplyBudget.batch(none, 16)).isEqualTo(1);
        assertThat(ReplyBudget.ofBatches(none, 0)).isZero();
    }

    @Test
    void neverRaisesABatchThatTheUserSetLower() {
        assertThat(ReplyBudget.batch(new Capacity(20_000, 1, 1, 19_400), 2)).isEqualTo(2);
    }
}
