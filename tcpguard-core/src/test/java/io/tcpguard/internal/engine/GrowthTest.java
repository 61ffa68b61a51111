/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowthTest {
    private static final long APART = 100;

    private final Growth growth = new Growth(APART);
    private long now = 5_000;

    @Test
    void takesAPointWhenItIsDueAndNoneBefore() {
        assertThat(growth.step(1, 0, 0)).isTrue();
        assertThat(growth.step(2, 0, APART - 1)).isFalse();
        assertThat(growth.step(2, 0, APART)).isTrue();
    }

    @Test
    void keepsItsPastForAWindowAndForgetsItAfterALongerGap() {
        growth.step(1, 0, 0);
        growth.step(10, 0, APART * 21);
        assertThat(growth.descriptors()).isEqualTo(9);

        growth.step(50, 0, APART * 42 + 1);
        assertThat(growth.descriptors()).isZero();
    }

    @Test
    void spansNothingByOnePoint() {
        point(1, 0);

        assertThat(growth.spans(0)).isFalse();
        assertThat(growth.descriptors()).isZero();
        assertThat(growth.others()).isZero();
        assertThat(growth.perSecond(10)).isZero();
    }

    @Test
    void spansTheTimeFromItsOldestPointToItsNewest() {
        point(1, 0);
        point(1, 0);
        point(1, 0);

        assertThat(growth.spans(2 * APART)).isTrue();
        assertThat(growth.spans(2 * APART + 1)).isFalse();
    }

    @Test
    void tellsWhatGrewByTwoPoints() {
        point(10, 5);
        point(18, 7);

        assertThat(growth.descriptors()).isEqualTo(8);
        assertThat(growth.others()).isEqualTo(6);
        assertThat(growth.perSecond(8)).isEqualTo(8e9 / APART);
    }

    @Test
    void isByConnectionsFromAQuarterOn() {
        point(0, 0);
        point(8, 2);
        assertThat(growth.byConnections()).isTrue();

        point(9, 2);
        assertThat(growth.byConnections()).isFalse();
    }

    @Test
    void isNotSteadyByFourPoints() {
        for (int i = 0; i < 4; i++) {
            point(10L * i, 0);
        }

        assertThat(growth.steady()).isFalse();
    }

    @Test
    void isSteadyWhereEachQuarterGrewByAnEighth() {
        for (long used : new long[] {0, 1, 2, 3, 8}) {
            point(used, 0);
        }

        assertThat(growth.steady()).isTrue();
    }

    @Test
    void isNotSteadyWhereAQuarterDidNot() {
        for (long used : new long[] {0, 5, 5, 11, 16}) {
            point(used, 0);
        }

        assertThat(growth.steady()).isFalse();
    }

    @Test
    void isNotSteadyWhereConnectionsAreWhatGrewInAQuarter() {
        point(0, 0);
        point(4, 0);
        point(8, 4);
        point(12, 4);
        point(16, 4);

        assertThat(growth.steady()).isFalse();
    }

    private void point(long used, long own) {
        now += APART;
        growth.step(used, own, now);
    }
}
