/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleFloorEstimatorTest {
    private final IdleFloorEstimator learner = new IdleFloorEstimator();

    @Test
    void staysAtTenSecondsUntilEnoughConnectionsCameBack() {
        for (int i = 0; i < IdleFloorEstimator.ENOUGH - 1; i++) {
            learner.cameBack(0, -1, millis(500));
        }
        learner.update();

        assertThat(learner.learned()).isFalse();
        assertThat(learner.floorNanos()).isEqualTo(IdleFloorEstimator.UNTIL_LEARNED);
    }

    @Test
    void learnsAFloorJustAboveTheLongestHealthyGap() {
        Random random = new Random(42);
        for (int connection = 0; connection < 2_000; connection++) {
            int longest = -1;
            for (int beat = 0; beat < 4; beat++) {
                longest = learner.cameBack(0, longest, millis(3_000 + random.nextInt(6_000)));
            }
        }
        learner.update();

        assertThat(learner.learned()).isTrue();
        assertThat(learner.floorNanos()).isBetween(millis(9_000), millis(9_400));
    }

    @Test
    void countsAConnectionOnceHoweverOftenItComesBack() {
        int chatty = -1;
        for (int i = 0; i < 1_000_000; i++) {
            chatty = learner.cameBack(0, chatty, millis(100));
        }
        for (int i = 0; i < 300; i++) {
            learner.cameBack(0, -1, millis(30_000));
        }
        learner.update();

        assertThat(learner.floorNanos()).isGreaterThan(millis(30_000));
    }

    @Test
    void ignoresTheOneInAThousand() {
        for (int i = 0; i < 2_000; i++) {
            learner.cameBack(0, -1, millis(i < 2 ? 100_000 : 4_000));
        }
        learner.update();

        assertThat(learner.floorNanos()).isLessThan(millis(5_000));
    }

    @Test
    void isNotRaisedByOneConnectionAmongHundreds() {
        for (int i = 0; i < 900; i++) {
            learner.cameBack(0, -1, millis(500));
        }
        learner.cameBack(0, -1, millis(119_000));
        learner.update();

        assertThat(learner.floorNanos()).isEqualTo(IdleFloorEstimator.LEAST);
    }

    @Test
    void isNotRaisedBySomeThatHaveALongGapEachAndFollowsAFewUsersInAHundred() {
        manySources();
        users(0, 1_000, 1, 500);
        users(1_000, 15, 1, 119_000);
        learner.update();
        assertThat(learner.floorNanos()).isEqualTo(IdleFloorEstimator.LEAST);

        users(2_000, 40, 1, 9_000);
        learner.update();
        assertThat(learner.floorNanos()).isBetween(millis(9_000), millis(20_000));
    }

    @Test
    void isMovedByOneSourceNoMoreThanByAnyOtherHoweverManyConnectionsItMakes() {
        manySources();
        for (int second = 0; second < 6; second++) {
            users(1, 60, 1, 8_000);
            learner.update();
            users(1_000, 1, 12_000, 1);
            learner.update();
        }
        for (int i = 0; i < 10; i++) {
            users(1, 60, 1, 8_000);
            users(1_000, 1, 12_000, 119_000);
            learner.update();
        }

        assertThat(learner.learned()).isTrue();
        assertThat(learner.floorNanos()).as("up to twice, for one in 61").isBetween(millis(8_000), millis(16_600));
    }

    @Test
    void learnsFromTenSourcesAsFromTen() {
        manySources();
        for (int second = 0; second < 60; second++) {
            users(1, 10, 3, 3_000);
            learner.update();
        }

        assertThat(learner.learned()).isTrue();
        assertThat(learner.floorNanos()).isBetween(millis(3_000), millis(3_200));
    }

    @Test
    void learnsNothingWhileNewcomersAreRefused() {
        users(1, 1, 300, 8_000);
        learner.update();
        learner.freeze(true);
        users(1, 1, 100_000, 3_000);
        learner.update();
        assertThat(learner.floorNanos()).isGreaterThan(millis(8_000));

        learner.freeze(false);
        learner.update();
        assertThat(learner.floorNanos()).isGreaterThan(millis(8_000));
    }

    /** More than a handful, and forgotten at once: what was learned from a few does not count among many. */
    private void manySources() {
        users(1, 10, 1, 1);
        learner.update();
    }

    private void users(int firstSource, int sources, int connections, long gapMillis) {
        for (int source = firstSource; source < firstSource + sources; source++) {
            for (int i = 0; i < connections; i++) {
                learner.cameBack(source, -1, millis(gapMillis));
            }
        }
    }

    @Test
    void neverGoesBelowTwoSeconds() {
        for (int i = 0; i < 1_000; i++) {
            learner.cameBack(0, -1, millis(10));
        }
        learner.update();

        assertThat(learner.floorNanos()).isEqualTo(millis(2_000));
    }

    @Test
    void forgetsByHalvesSoThatOldHabitsFade() {
        for (int i = 0; i < 1_000; i++) {
            learner.cameBack(0, -1, millis(20_000));
        }
        twoHoursOfThreeSecondGaps();

        assertThat(learner.floorNanos()).isLessThan(millis(4_000));
    }

    @Test
    void forgetsThoseOutOfTheOrdinaryAsFastAsTheRest() {
        for (int i = 0; i < 2_000; i++) {
            learner.cameBack(0, -1, millis(20_000 + 25L * i));
        }
        twoHoursOfThreeSecondGaps();

        assertThat(learner.floorNanos()).isLessThan(millis(4_000));
    }

    private void twoHoursOfThreeSecondGaps() {
        for (int round = 0; round < 12; round++) {
            learner.forget();
        }
        for (int i = 0; i < 10_000; i++) {
            learner.cameBack(0, -1, millis(3_000));
        }
        learner.update();
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
