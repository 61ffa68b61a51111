/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final Traffic traffic = new Traffic();
    private final FakeListening listening = new FakeListening();
    private long now = TimeUnit.SECONDS.toNanos(1_000);

    TrafficTest() {
        listening.accepts = 100;
        listening.completed = 20;
        traffic.step(listening, false, now);
    }

    @Test
    void isNothingForWhatCameBeforeTheFirstLook() {
        assertThat(traffic.amount()).isZero();
    }

    @Test
    void isWhoCameAndWhatWasServedSinceAndWhoIsHere() {
        listening.accepts += 10;
        listening.completed += 5;
        listening.held = 3;
        listening.untracked = 2;
        second(false);

        assertThat(traffic.amount()).isEqualTo(20);
    }

    @Test
    void isLookedAtOnceASecond() {
        listening.held = 3;
        traffic.step(listening, false, now + TimeUnit.SECONDS.toNanos(1) - 1);
        assertThat(traffic.amount()).isZero();

        traffic.step(listening, false, now + TimeUnit.SECONDS.toNanos(1));
        assertThat(traffic.amount()).isEqualTo(3);
    }

    @Test
    void isHalfForgottenInHalfAMinute() {
        listening.accepts += 16;
        second(false);
        for (int i = 0; i < 30; i++) {
            second(false);
        }

        assertThat(traffic.amount()).isCloseTo(8, within(0.001));
    }

    @Test
    void isKeptWhileWorkIsLateThoughWhoIsHereLeaves() {
        listening.accepts += 16;
        listening.held = 4;
        second(false);
        listening.held = 0;
        for (int i = 0; i < 30; i++) {
            second(true);
        }
        assertThat(traffic.amount()).isEqualTo(20);

        second(false);
        assertThat(traffic.amount()).isLessThan(16);
    }

    @Test
    void isNoLessForACountThatBeganAnew() {
        listening.accepts += 16;
        second(true);
        listening.accepts = 0;
        second(true);

        assertThat(traffic.amount()).isEqualTo(16);
    }

    private void second(boolean late) {
        now += TimeUnit.SECONDS.toNanos(1);
        traffic.step(listening, late, now);
    }
}
