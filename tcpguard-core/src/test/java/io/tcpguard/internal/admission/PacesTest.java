/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How often somebody is evicted or reset, to the nanosecond and the last one. */
class PacesTest {
    private static final long MILLI = 1_000_000;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final MakeUpPace makeUp = new MakeUpPace();
    private final TokenBucket bucket = new TokenBucket(0);
    private final ResetBudget resets = new ResetBudget(GuardConfig.defaults(), () -> true, 0);

    @Test
    void eightGoInVainTenASecondAndThenOneAMinuteUntilItHelps() {
        assertThat(makeUp.isTime(5, 0)).isTrue();
        assertThat(makeUp.isTime(4, 100 * MILLI - 1)).isFalse();
        assertThat(makeUp.isTime(4, 100 * MILLI)).isTrue();
        for (int i = 2; i < 10; i++) {
            assertThat(makeUp.isTime(4, 100 * MILLI * i)).isTrue();
        }
        long last = 900 * MILLI;
        assertThat(makeUp.isTime(4, last + MINUTE - 1)).isFalse();
        assertThat(makeUp.isTime(4, last + MINUTE)).isTrue();
        makeUp.nobodyWent();
        assertThat(makeUp.isTime(4, last + MINUTE + 100 * MILLI)).isFalse();
        makeUp.nobodyWent();
        assertThat(makeUp.isTime(4, last + MINUTE + 100 * MILLI)).isTrue();
        assertThat(makeUp.isTime(4, last + MINUTE + 200 * MILLI)).isFalse();
        assertThat(makeUp.isTime(3, last + MINUTE + 200 * MILLI)).as("it helps").isTrue();
        assertThat(makeUp.isTime(3, last + MINUTE + 300 * MILLI)).isTrue();
    }

    @Test
    void aQuarterOfASecondsWorthGoesAtOnceAndOneAtLeast() {
        assertThat(bucket.take(8, 0)).isFalse();
        assertThat(bucket.take(8, 125 * MILLI)).isTrue();
        assertThat(bucket.take(8, 125 * MILLI)).isFalse();
        bucket.giveBack();
        assertThat(bucket.take(8, 125 * MILLI)).isTrue();
        assertThat(bucket.take(8, 10_000 * MILLI)).isTrue();
        assertThat(bucket.take(8, 10_000 * MILLI)).isTrue();
        assertThat(bucket.take(8, 10_000 * MILLI)).isFalse();
        assertThat(bucket.take(1, 20_000 * MILLI)).isTrue();
        assertThat(bucket.take(1, 20_000 * MILLI)).isFalse();
    }

    @Test
    void aFifthOfTheConnectionsMayBeResetInAQuarterOfAnHour() {
        Capacity hundred = capacity(100);
        assertThat(resets.take(0, hundred, 0)).isZero();
        assertThat(resets.take(30, hundred, 0)).isEqualTo(20);
        assertThat(resets.take(hundred, 0)).isFalse();
        resets.giveBack(5);
        assertThat(resets.take(9, hundred, 30 * MILLI)).isEqualTo(5);
        assertThat(resets.take(9, hundred, 15 * MINUTE - 1)).isZero();
        assertThat(resets.take(9, hundred, 15 * MINUTE)).isEqualTo(9);
        assertThat(resets.take(30, hundred, 20 * MINUTE)).isEqualTo(11);
        assertThat(resets.take(30, hundred, 30 * MINUTE)).isEqualTo(9);
        assertThat(resets.take(30, hundred, 100 * MINUTE)).isEqualTo(20);
        assertThat(resets.take(30, hundred, 99 * MINUTE))
                .as("a thread that is late")
                .isZero();
    }

    @Test
    void noMoreThanAQuarterOfTheLimitAndNobodyWhereNoBalancerCounts() {
        assertThat(resets.take(1_000, capacity(2_000), 0)).isEqualTo(250);
        assertThat(new ResetBudget(GuardConfig.defaults(), () -> true, 0).take(9, capacity(4), 0))
                .isZero();
        assertThat(new ResetBudget(GuardConfig.defaults(), () -> true, 0).take(9, capacity(5), 0))
                .isEqualTo(1);
        assertThat(new ResetBudget(GuardConfig.defaults(), () -> false, 0).take(9, capacity(100), 0))
                .isZero();
    }

    private static Capacity capacity(long own) {
        return new Capacity(1_000, own, own, 0, 960, ConnectionLimits.UNBOUNDED);
    }
}
