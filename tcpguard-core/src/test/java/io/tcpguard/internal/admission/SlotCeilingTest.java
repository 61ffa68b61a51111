/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.Capacity;
import io.tcpguard.state.RefusalCounters;
import org.junit.jupiter.api.Test;

class SlotCeilingTest {
    private final int[] held = {0};
    private final SlotCeiling ceiling = new SlotCeiling(
            new ConnectionTable(
                    ClientModel.empty(0, 2_000_000_000L, 10_000_000_000L, new CoarseClock(0), new RefusalCounters()),
                    0),
            () -> held[0]);

    @Test
    void isNoneUntilItIsSaid() {
        held[0] = Integer.MAX_VALUE;

        assertThat(ceiling.fits(0)).isTrue();
    }

    @Test
    void holdsAsManyAsAreSaid() {
        ceiling.most(100);
        held[0] = 99;
        assertThat(ceiling.fits(0)).isTrue();
        assertThat(ceiling.excess()).isZero();
        assertThat(ceiling.free()).isEqualTo(1);

        held[0] = 100;
        assertThat(ceiling.fits(0)).isFalse();
        assertThat(ceiling.excess()).isEqualTo(1);
        assertThat(ceiling.free()).isZero();
    }

    @Test
    void isScarceWithinATwentieth() {
        ceiling.most(100);
        held[0] = 95;
        assertThat(ceiling.scarce(Capacity.UNKNOWN)).isFalse();

        held[0] = 96;
        assertThat(ceiling.scarce(Capacity.UNKNOWN)).isTrue();
    }

    @Test
    void isPassedByATwentiethAtMostAndByAQuarterOfThatWhileEvictedOnesClose() {
        ceiling.most(400);
        assertThat(ceiling.ofTheAllowed(Capacity.UNKNOWN)).isEqualTo(20);
        assertThat(ceiling.bridge(Capacity.UNKNOWN)).isEqualTo(5);

        ceiling.most(100_000);
        assertThat(ceiling.ofTheAllowed(Capacity.UNKNOWN)).isEqualTo(48);
        assertThat(ceiling.bridge(Capacity.UNKNOWN)).isEqualTo(12);

        ceiling.most(10);
        assertThat(ceiling.ofTheAllowed(Capacity.UNKNOWN)).isEqualTo(1);
        assertThat(ceiling.bridge(Capacity.UNKNOWN)).isEqualTo(1);
    }

    @Test
    void remembersForSoLongThatSomebodyWentWithout() {
        assertThat(ceiling.shedWithin(10, 3)).isFalse();
        ceiling.shed(100);

        assertThat(ceiling.shedWithin(10, 109)).isTrue();
        assertThat(ceiling.shedWithin(10, 110)).isFalse();
    }
}
