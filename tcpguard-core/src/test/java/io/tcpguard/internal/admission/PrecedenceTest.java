/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class PrecedenceTest {
    private static final long MILLI = 1_000_000;

    private final SourceHistory history =
            new SourceHistory(new SourceMemory(new CoarseClock(0)), new RefusalCounters());
    private final Precedence precedence = new Precedence(history);
    private long now = 10_000 * MILLI;

    @Test
    void allWaitWhereNobodyIsKnown() {
        for (int i = 0; i < 10; i++) {
            precedence.decided(SourceRank.UNKNOWN, false, now);
        }

        assertThat(precedence.mayWait(SourceRank.UNKNOWN, now)).isTrue();
    }

    @Test
    void unknownOnesDoNotWaitInFrontOfKnownOnesButForOneInEight() {
        manyAreKnown();
        assertThat(precedence.mayWait(SourceRank.GOOD, now)).isTrue();
        assertThat(precedence.mayWait(SourceRank.UNKNOWN, now)).isFalse();

        for (int i = 0; i < 8; i++) {
            precedence.decided(SourceRank.GOOD, true, now);
        }
        assertThat(precedence.mayWait(SourceRank.UNKNOWN, now)).isTrue();
        precedence.decided(SourceRank.UNKNOWN, true, now);
        assertThat(precedence.mayWait(SourceRank.UNKNOWN, now)).isFalse();
    }

    @Test
    void unknownOnesLeaveFreeSlotsToKnownOnesAsFastAsTheseCome() {
        assertThat(precedence.standsBack(SourceRank.UNKNOWN, 1, 1000, now))
                .as("nobody is known")
                .isFalse();
        manyAreKnown();
        assertThat(precedence.standsBack(SourceRank.UNKNOWN, 1, 1000, now))
                .as("none comes")
                .isFalse();

        for (int i = 0; i < 5; i++) {
            precedence.decided(SourceRank.GOOD, false, now);
        }
        assertThat(precedence.standsBack(SourceRank.UNKNOWN, 4, 1000, now)).isTrue();
        assertThat(precedence.standsBack(SourceRank.UNKNOWN, 5, 1000, now)).isFalse();
        assertThat(precedence.standsBack(SourceRank.GOOD, 0, 1000, now)).isFalse();
    }

    @Test
    void badOnesTakeWhatNobodyBetterComesFor() {
        assertThat(precedence.mayWait(SourceRank.BAD, now)).isTrue();
        assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isFalse();

        for (int i = 0; i < 20; i++) {
            precedence.decided(SourceRank.UNKNOWN, false, now);
        }
        assertThat(precedence.mayWait(SourceRank.BAD, now)).isFalse();
        assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isTrue();
        assertThat(precedence.standsBack(SourceRank.BAD, 19, 1000, now)).isTrue();
        assertThat(precedence.standsBack(SourceRank.BAD, 20, 1000, now)).isFalse();

        now += 1_100 * MILLI;
        assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isFalse();
    }

    @Test
    void keepsNoMoreThanAThirtySecondOfTheSlotsFromBadOnes() {
        for (int i = 0; i < 5_000; i++) {
            precedence.decided(SourceRank.GOOD, false, now);
        }

        assertThat(precedence.standsBack(SourceRank.BAD, 32, 1000, now)).isFalse();
        assertThat(precedence.standsBack(SourceRank.BAD, 30, 1000, now)).isTrue();
        assertThat(precedence.standsBack(SourceRank.BAD, 1, 24, now)).isFalse();
    }

    @Test
    void aBadOneHasATurnAfterThirtyTwoBetterOnes() {
        for (int i = 0; i < 32; i++) {
            assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isEqualTo(i > 0);
            precedence.decided(SourceRank.UNKNOWN, true, now);
        }
        assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isFalse();
        precedence.decided(SourceRank.BAD, true, now);
        assertThat(precedence.standsBack(SourceRank.BAD, 0, 1000, now)).isTrue();
    }

    private void manyAreKnown() {
        Source known = source();
        for (int i = 0; i < 128; i++) {
            history.finished(known);
        }
        assertThat(history.knownShare()).isGreaterThan(0.5);
    }

    private static Source source() {
        return new Sources().open(InetAddress.getLoopbackAddress());
    }
}
