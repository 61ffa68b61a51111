/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EvidenceTest {
    private final Evidence evidence = new Evidence();

    @Test
    void isNotAskedForWithoutAPause() {
        assertThat(evidence.lacks(true, 5)).isFalse();
    }

    @Test
    void isASecondAfterAPause() {
        evidence.paused(at(0));
        assertThat(evidence.lacks(true, at(0))).isTrue();
        assertThat(evidence.lacks(true, at(980))).isTrue();
        assertThat(evidence.lacks(true, at(1000))).isFalse();
    }

    @Test
    void isThereIfTheCauseStoodBeforeThePause() {
        assertThat(evidence.lacks(true, at(0))).isFalse();
        evidence.paused(at(1100));
        assertThat(evidence.lacks(true, at(1100))).isFalse();
    }

    @Test
    void isNotPutOffForEverByPausesThatFollowEachOther() {
        int lacking = 0;
        for (int i = 0; i < 20; i++) {
            evidence.paused(at(100L * i));
            lacking += evidence.lacks(true, at(100L * i)) ? 1 : 0;
        }
        assertThat(lacking).isEqualTo(10);
    }

    @Test
    void isAskedForFromWhenTheCauseShowsNotFromTheLookBefore() {
        assertThat(evidence.lacks(false, at(5000))).isFalse();
        evidence.paused(at(5900));

        assertThat(evidence.lacks(true, at(5950))).isTrue();
        assertThat(evidence.lacks(true, at(6100))).isTrue();
    }

    @Test
    void isEnoughAfterASecondThoughPausesGoOn() {
        evidence.paused(at(7000));
        assertThat(evidence.lacks(true, at(7000))).isTrue();
        evidence.paused(at(7900));
        assertThat(evidence.lacks(true, at(7999))).isTrue();
        assertThat(evidence.lacks(true, at(8000))).isFalse();
    }

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
