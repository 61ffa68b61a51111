/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.Capacity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomTest {
    @Test
    void isNettysOwnAndTheMostAnswersWhileTheLimitIsUnknown() {
        assertThat(Room.batch(Capacity.UNKNOWN, 16)).isEqualTo(16);
        assertThat(Room.answers(Capacity.UNKNOWN, 0)).isEqualTo(Room.MOST_ANSWERS);
    }

    @ParameterizedTest
    @ValueSource(longs = {32, 100, 600, 6000})
    void leavesWhatNobodyMayTakeWhenTheCoreOvershootsAsFarAsItMay(long reserve) {
        long used = 20_000 - reserve + reserve / 4;
        Capacity capacity = new Capacity(20_000, used, 10, 20_000 - reserve);

        int answers = Room.answers(capacity, 0);
        assertThat(answers).isPositive();
        assertThat(used + answers + Room.batch(capacity, 16)).isLessThanOrEqualTo(20_000 - capacity.untouched());
    }

    @Test
    void countsAnswersInTheMakingAsTheDescriptorsThatTheyAre() {
        Capacity before = new Capacity(256, 226, 100, 224);
        Capacity after = new Capacity(256, 226 + 5, 100, 224);

        assertThat(Room.answers(after, 5)).isEqualTo(Room.answers(before, 0));
    }

    @Test
    void acceptsOneAtATimeAndAnswersNobodyWithoutReserve() {
        Capacity none = new Capacity(256, 100, 10, 256);

        assertThat(Room.batch(none, 16)).isEqualTo(1);
        assertThat(Room.answers(none, 0)).isZero();
    }

    @Test
    void neverRaisesABatchThatTheUserSetLower() {
        assertThat(Room.batch(new Capacity(20_000, 1, 1, 19_400), 2)).isEqualTo(2);
    }
}
