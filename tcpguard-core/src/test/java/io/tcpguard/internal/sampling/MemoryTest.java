/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.probe.ConnectionCost;
import io.tcpguard.internal.probe.MemoryUse;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.ConnectionLimits;
import org.junit.jupiter.api.Test;

/** What memory bears: by what connections cost, and by what is left of it. */
class MemoryTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000L;
    private static final int EACH = 32 * 1024;
    private static final long NONE = ConnectionLimits.NONE;

    private final Fake heap = new Fake(64 * MIB, 58 * MIB);
    private final Fake container = new Fake(Long.MAX_VALUE, Long.MAX_VALUE);
    private boolean exhausted;
    private final MemoryCeiling ceiling = new MemoryCeiling(64 * MIB, container);

    private static final class Fake implements MemoryUse {
        long used;
        long max;
        final long point;
        boolean anew;

        Fake(long max, long point) {
            this.max = max;
            this.point = point;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public long usedBytes(long now) {
            return used;
        }

        @Override
        public long maxBytes() {
            return max;
        }

        @Override
        public long admissionThreshold() {
            return point;
        }

        @Override
        public boolean measuredAnew() {
            return anew;
        }
    }

    @Test
    void isTheHeapByWhatTheDearestListenersConnectionsCost() {
        assertThat(ceiling.connections(0, 0, NONE, 8 * 1024, exhausted, 0)).isEqualTo(8192);
        assertThat(ceiling.connections(0, 0, NONE, 0, exhausted, 0)).isEqualTo(2048);
    }

    @Test
    void isWhatAContainerHasBesideTheHeapWhereThatIsLess() {
        container.max = (64 + 64 + 80) * MIB;

        assertThat(ceiling.connections(0, 0, NONE, 8 * 1024, exhausted, 0)).isEqualTo(80 * MIB / ConnectionCost.KERNEL);
    }

    @Test
    void isNeverBelowWhatTheUsualLimitOfDescriptorsGives() {
        container.max = 64 * MIB;

        assertThat(ceiling.connections(0, 0, NONE, EACH, exhausted, 0)).isEqualTo(MemoryCeiling.LEAST);
    }

    @Test
    void isNotThoughtOfWhereTheOperatorHasSaidHowMany() {
        assertThat(ceiling.connections(0, 0, 50_000, EACH, exhausted, 0)).isEqualTo(NONE);
    }

    @Test
    void countsThoseThatNobodyAskedAboutUpToHalf() {
        assertThat(ceiling.counted(500, NONE, EACH)).isEqualTo(500);
        assertThat(ceiling.counted(5000, NONE, EACH)).isEqualTo(1024);
        assertThat(ceiling.counted(5000, 200, EACH)).isEqualTo(100);
        assertThat(ceiling.counted(5, 1, EACH)).isZero();
    }

    @Test
    void takesTheTwentiethOfThoseThatItCanEvictOnly() {
        exhausted = true;

        assertThat(ceiling.connections(300, 1000, NONE, EACH, exhausted, 0)).isEqualTo(285 + 1000);
        for (int s = 10; s < 600; s += 5) {
            ceiling.connections(285, 1000, NONE, EACH, exhausted, s * SECOND);
        }
        assertThat(ceiling.connections(225, 1000, NONE, EACH, exhausted, 600 * SECOND))
                .isEqualTo(225 + 1000);
    }

    @Test
    void isATwentiethLessThanAreHeldWhereMemoryIsExhaustedWhoeverSaidHowMany() {
        exhausted = true;

        assertThat(ceiling.connections(900, 0, 50_000, EACH, exhausted, 0)).isEqualTo(855);
        assertThat(ceiling.connections(950, 0, 50_000, EACH, exhausted, SECOND)).isEqualTo(855);
    }

    @Test
    void fallsByATwentiethEveryTwoSecondsAndNotBelowThreeQuarters() {
        exhausted = true;
        ceiling.connections(1000, 0, NONE, EACH, exhausted, 0);

        assertThat(ceiling.connections(1000, 0, NONE, EACH, exhausted, 2 * SECOND))
                .isEqualTo(900);
        for (int s = 10; s < 600; s += 5) {
            ceiling.connections(950, 0, NONE, EACH, exhausted, s * SECOND);
        }

        assertThat(ceiling.connections(750, 0, NONE, EACH, exhausted, 600 * SECOND))
                .isEqualTo(750);
    }

    @Test
    void fallsNoFurtherWhereCollectionsFreeSomeForAMomentAgainAndAgain() {
        for (int tenth = 0; tenth < 600; tenth++) {
            long most = ceiling.connections(1000, 0, NONE, EACH, tenth % 2 == 0, tenth * SECOND / 10);

            assertThat(most).isGreaterThanOrEqualTo(750);
        }
    }

    @Test
    void leavesAFewConnectionsWhateverMemoryIsFullOf() {
        exhausted = true;

        for (int s = 0; s < 60; s++) {
            assertThat(ceiling.connections(3, 0, NONE, EACH, exhausted, s * SECOND))
                    .isBetween(120L, 128L);
        }
    }

    @Test
    void growsBackSlowlyAndThenIsWhatItWas() {
        long before = ceiling.connections(0, 0, NONE, EACH, exhausted, 0);
        exhausted = true;
        ceiling.connections(1000, 0, NONE, EACH, exhausted, 0);
        exhausted = false;

        assertThat(ceiling.connections(1000, 0, NONE, EACH, exhausted, 9 * SECOND))
                .isEqualTo(950);
        assertThat(ceiling.connections(1000, 0, NONE, EACH, exhausted, 10 * SECOND))
                .isEqualTo(997);
        for (int s = 20; s < 1500; s += 10) {
            ceiling.connections(1000, 0, NONE, EACH, exhausted, s * SECOND);
        }
        assertThat(ceiling.connections(1000, 0, NONE, EACH, exhausted, 1500 * SECOND))
                .isEqualTo(before);
    }

    @Test
    void isAtItsLimitFromTheAdmissionThresholdOnWhileItGrows() {
        MemoryProbe probe = new MemoryProbe(heap);
        heap.used = 57 * MIB;
        assertThat(probe.read(0).pressure()).isLessThan(1);

        heap.used = 59 * MIB;
        assertThat(probe.read(SECOND)).isEqualTo(new Reading.Measured(Signal.MEMORY, 59 * 1024, 58 * 1024));
    }

    @Test
    void isNoShortageWhereItHasNotGrownForAMinute() {
        MemoryProbe probe = new MemoryProbe(heap);
        heap.used = 59 * MIB;
        probe.read(0);
        assertThat(probe.read(59 * SECOND).pressure()).isGreaterThan(1);

        assertThat(probe.read(60 * SECOND)).isInstanceOf(Reading.Unavailable.class);
        heap.used = 60 * MIB;
        assertThat(probe.read(61 * SECOND).pressure()).isGreaterThan(1);
    }

    @Test
    void isAShortageForAsLongAsEachCollectionConfirmsIt() {
        MemoryProbe probe = new MemoryProbe(heap);
        heap.used = 59 * MIB;
        heap.anew = true;
        probe.read(0);

        assertThat(probe.read(90 * SECOND).pressure()).isGreaterThan(1);
    }

    @Test
    void saysTheSameWithTheSameObject() {
        MemoryProbe probe = new MemoryProbe(heap);
        heap.used = 10 * MIB;

        assertThat(probe.read(SECOND)).isSameAs(probe.read(2 * SECOND));
    }

    @Test
    void readsThisJvmsHeapAfterACollection() {
        HeapUse own = HeapUse.ofThisJvm();
        System.gc();

        assertThat(own.usedBytes(0)).isBetween(0L, own.maxBytes());
        assertThat(own.measuredAnew()).isTrue();
        assertThat(own.maxBytes()).isBetween(1L, Runtime.getRuntime().maxMemory());
        assertThat(DirectUse.ofThisJvm().maxBytes()).isPositive();
    }
}
