package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GapLearnerTest {
    private final GapLearner learner = new GapLearner();

    @Test
    void staysAtTenSecondsUntilEnoughConnectionsCameBack() {
        for (int i = 0; i < GapLearner.ENOUGH - 1; i++) {
            learner.cameBack(-1, millis(500));
        }
        learner.update();

        assertThat(learner.learned()).isFalse();
        assertThat(learner.floorNanos()).isEqualTo(GapLearner.UNTIL_LEARNED);
    }

    @Test
    void learnsAFloorJustAboveTheLongestHealthyGap() {
        Random random = new Random(42);
        for (int connection = 0; connection < 2_000; connection++) {
            int longest = -1;
            for (int beat = 0; beat < 4; beat++) {
                longest = learner.cameBack(longest, millis(3_000 + random.nextInt(6_000)));
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
            chatty = learner.cameBack(chatty, millis(100));
        }
        for (int i = 0; i < 300; i++) {
            learner.cameBack(-1, millis(30_000));
        }
        learner.update();

        assertThat(learner.floorNanos()).isGreaterThan(millis(30_000));
    }

    @Test
    void ignoresTheOneInAThousand() {
        for (int i = 0; i < 2_000; i++) {
            learner.cameBack(-1, millis(i < 2 ? 100_000 : 4_000));
        }
        learner.update();

        assertThat(learner.floorNanos()).isLessThan(millis(5_000));
    }

    @Test
    void neverGoesBelowTwoSeconds() {
        for (int i = 0; i < 1_000; i++) {
            learner.cameBack(-1, millis(10));
        }
        learner.update();

        assertThat(learner.floorNanos()).isEqualTo(millis(2_000));
    }

    @Test
    void forgetsByHalvesSoThatOldHabitsFade() {
        for (int i = 0; i < 1_000; i++) {
            learner.cameBack(-1, millis(20_000));
        }
        twoHoursOfThreeSecondGaps();

        assertThat(learner.floorNanos()).isLessThan(millis(4_000));
    }

    @Test
    void forgetsThoseOutOfTheOrdinaryAsFastAsTheRest() {
        for (int i = 0; i < 2_000; i++) {
            learner.cameBack(-1, millis(20_000 + 25L * i));
        }
        twoHoursOfThreeSecondGaps();

        assertThat(learner.floorNanos()).isLessThan(millis(4_000));
    }

    private void twoHoursOfThreeSecondGaps() {
        for (int round = 0; round < 12; round++) {
            learner.forget();
        }
        for (int i = 0; i < 10_000; i++) {
            learner.cameBack(-1, millis(3_000));
        }
        learner.update();
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
