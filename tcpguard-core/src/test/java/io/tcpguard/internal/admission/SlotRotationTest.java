/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who gives a slot back, and what is known of how long and how often healthy clients stay. */
class SlotRotationTest {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(20);

    private final SlotRotation turns = new SlotRotation();
    private final TenureEstimator tenure = new TenureEstimator();
    private final PaceEstimator pace = new PaceEstimator();
    private final Random random = new Random(7);

    @Test
    void asksNobodyToLeaveWhereNobodyWaitsOrSlotsAreNotScarce() {
        turns.sampled(seconds(30), 100, STEP);
        assertThat(turns.isOver(seconds(3000), true)).isFalse();

        turns.wanted();
        turns.sampled(TenureEstimator.NONE, 100, STEP);
        assertThat(turns.isOver(seconds(3000), true)).isFalse();
    }

    @Test
    void asksOneForEachWhoWaitsAndNoneWhoseTurnIsNotOver() {
        for (int i = 0; i < 3; i++) {
            turns.wanted();
            turns.sampled(seconds(30), 100, STEP);
        }
        turns.sampled(seconds(30), 100, STEP);

        assertThat(turns.isOver(seconds(29), false)).isFalse();
        assertThat(leavers(seconds(31), false)).isEqualTo(3);
    }

    @Test
    void asksNoMoreASecondThanMayBeEvicted() {
        int gone = 0;
        for (int i = 0; i < 500; i++) {
            for (int w = 0; w < 50; w++) {
                turns.wanted();
            }
            turns.sampled(seconds(30), 100, STEP);
            gone += leavers(seconds(31), false);
        }

        assertThat(gone).isBetween(900, 1_030);
        assertThat(turns.given()).isEqualTo(gone);
    }

    @Test
    void whoHurriesHasHadATurn() {
        turns.wanted();
        turns.sampled(seconds(30), 100, STEP);

        assertThat(turns.isOver(seconds(1), true)).isTrue();
    }

    @Test
    void learnsForHowLongSessionsLast() {
        assertThat(tenure.nanos()).isEqualTo(TenureEstimator.NONE);
        for (int i = 0; i < 3_000; i++) {
            session(i % 100, 10 + random.nextInt(20), false);
            second(i);
        }

        assertThat(tenure.nanos()).isBetween(seconds(30), seconds(35));
    }

    @Test
    void knowsNoBoundWhereSomeHonestClientsStayForHours() {
        for (int i = 0; i < 3_000; i++) {
            session(i % 100, 20, false);
            second(i);
        }
        assertThat(tenure.nanos()).isLessThan(seconds(30));
        for (int i = 0; i < 40; i++) {
            session(i % 100, 600, true);
        }
        tenure.update();

        assertThat(tenure.nanos()).isEqualTo(TenureEstimator.NONE);
    }

    @Test
    void knowsNoBoundBeyondTwentyMinutes() {
        for (int i = 0; i < 3_000; i++) {
            session(i % 100, 1_000 + random.nextInt(1_000), false);
            second(i);
        }

        assertThat(tenure.nanos()).isEqualTo(TenureEstimator.NONE);
    }

    @Test
    void oneSourceDoesNotShortenTheTurnsOfOthers() {
        for (int i = 0; i < 2_000; i++) {
            session(i % 100, 10 + random.nextInt(20), false);
            second(i);
        }
        for (int i = 0; i < 200_000; i++) {
            session(4_000, 3, false);
            second(i);
        }

        assertThat(tenure.nanos()).isGreaterThan(seconds(30));
    }

    @Test
    void learnsNothingWhileOthersAreRefused() {
        for (int i = 0; i < 3_000; i++) {
            session(i % 100, 20, false);
            second(i);
        }
        long before = tenure.nanos();
        assertThat(before).isLessThan(seconds(30));
        tenure.freeze(true);
        for (int i = 0; i < 3_000; i++) {
            session(i % 100, 300, true);
        }
        tenure.update();
        tenure.freeze(false);
        tenure.update();

        assertThat(tenure.nanos()).isEqualTo(before);
    }

    @Test
    void learnsTheShortestPauseOfAHeartbeat() {
        for (int i = 0; i < 2_000; i++) {
            pace.finished(i % 100, TimeUnit.MILLISECONDS.toNanos(3_000 + random.nextInt(6_000)));
            second(i);
        }

        assertThat(pace.nanos()).isBetween(TimeUnit.MILLISECONDS.toNanos(2_700), seconds(3));
    }

    @Test
    void knowsNoPauseOfPeopleWhoClick() {
        for (int i = 0; i < 2_000; i++) {
            pace.finished(i % 100, TimeUnit.MILLISECONDS.toNanos(1_000 + random.nextInt(60_000)));
            second(i);
        }

        assertThat(pace.nanos()).isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1_100));
    }

    /** A hundred of them end in one. */
    private void second(int ended) {
        if (ended % 100 == 99) {
            tenure.update();
            pace.update();
        }
    }

    private int leavers(long age, boolean hurried) {
        int leavers = 0;
        while (turns.isOver(age, hurried)) {
            leavers++;
        }
        return leavers;
    }

    /** With a request each second. */
    private void session(int source, int seconds, boolean staysOpen) {
        int bucket = -1;
        for (int age = 2; age <= seconds; age++) {
            bucket = tenure.reached(source, bucket, seconds(age));
        }
        if (!staysOpen) {
            tenure.closed(bucket);
        }
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
