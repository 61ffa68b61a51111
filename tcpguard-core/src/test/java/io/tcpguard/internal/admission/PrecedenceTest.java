/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Rank;
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
            precedence.decided(Rank.UNKNOWN, false, now);
        }

        assertThat(precedence.mayWait(Rank.UNKNOWN, now)).isTrue();
    }

    @Test
    void unknownOnesDoNotWaitInFrontOfKnownOnesButForOneInEight() {
        manyAreKnown();
        assertThat(precedence.mayWait(Rank.KNOWN_GOOD, now)).isTrue();
        assertThat(precedence.mayWait(Rank.UNKNOWN, now)).isFalse();

        for (int i = 0; i < 8; i++) {
            precedence.decided(Rank.KNOWN_GOOD, true, now);
        }
        assertThat(precedence.mayWait(Rank.UNKNOWN, now)).isTrue();
        precedence.decided(Rank.UNKNOWN, true, now);
        assertThat(precedence.mayWait(Rank.UNKNOWN, now)).isFalse();
    }

    @Test
    void unknownOnesLeaveFreeSlotsToKnownOnesAsFastAsTheseCome() {
        assertThat(precedence.standsBack(Rank.UNKNOWN, 1, 1000, now))
                .as("nobody is known")
                .isFalse();
        manyAreKnown();
        assertThat(precedence.standsBack(Rank.UNKNOWN, 1, 1000, now))
                .as("none comes")
                .isFalse();

        for (int i = 0; i < 5; i++) {
            precedence.decided(Rank.KNOWN_GOOD, false, now);
        }
        assertThat(precedence.standsBack(Rank.UNKNOWN, 4, 1000, now)).isTrue();
        assertThat(precedence.standsBack(Rank.UNKNOWN, 5, 1000, now)).isFalse();
        assertThat(precedence.standsBack(Rank.KNOWN_GOOD, 0, 1000, now)).isFalse();
    }

    @Test
    void badOnesTakeWhatNobodyBetterComesFor() {
        assertThat(precedence.mayWait(Rank.KNOWN_BAD, now)).isTrue();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isFalse();

        for (int i = 0; i < 20; i++) {
            precedence.decided(Rank.UNKNOWN, false, now);
        }
        assertThat(precedence.mayWait(Rank.KNOWN_BAD, now)).isFalse();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isTrue();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 19, 1000, now)).isTrue();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 20, 1000, now)).isFalse();

        now += 1_100 * MILLI;
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isFalse();
    }

    @Test
    void resetsAreForOthersThanKnownOnesWhereAsManyOthersCome() {
        assertThat(precedence.sparedFromReset(Rank.KNOWN_GOOD, now))
                .as("nobody came yet")
                .isFalse();
        for (int i = 0; i < 10; i++) {
            precedence.decided(Rank.KNOWN_GOOD, false, now);
        }
        assertThat(precedence.sparedFromReset(Rank.KNOWN_GOOD, now))
                .as("all are good")
                .isFalse();
        for (int i = 0; i < 10; i++) {
            assertThat(precedence.sparedFromReset(Rank.KNOWN_GOOD, now)).isFalse();
            precedence.decided(i % 2 == 0 ? Rank.UNKNOWN : Rank.KNOWN_BAD, false, now);
        }

        assertThat(precedence.sparedFromReset(Rank.KNOWN_GOOD, now)).isTrue();
        assertThat(precedence.sparedFromReset(Rank.UNKNOWN, now)).isFalse();
        assertThat(precedence.sparedFromReset(Rank.KNOWN_BAD, now)).isFalse();
        now += 1_100 * MILLI;
        assertThat(precedence.sparedFromReset(Rank.KNOWN_GOOD, now))
                .as("they came before")
                .isFalse();
    }

    @Test
    void forgetsWhoCameBeforeByAClockThatIsNegative() {
        now = -10_000 * MILLI;
        precedence.decided(Rank.KNOWN_GOOD, false, now);
        assertThat(precedence.mayWait(Rank.KNOWN_BAD, now)).isFalse();

        now += 1_100 * MILLI;
        assertThat(precedence.mayWait(Rank.KNOWN_BAD, now)).isTrue();
    }

    @Test
    void keepsNoMoreThanAThirtySecondOfTheSlotsFromBadOnes() {
        for (int i = 0; i < 5_000; i++) {
            precedence.decided(Rank.KNOWN_GOOD, false, now);
        }

        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 32, 1000, now)).isFalse();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 30, 1000, now)).isTrue();
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 1, 24, now)).isFalse();
    }

    @Test
    void aBadOneHasATurnAfterThirtyTwoBetterOnes() {
        for (int i = 0; i < 32; i++) {
            assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isEqualTo(i > 0);
            precedence.decided(Rank.UNKNOWN, true, now);
        }
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isFalse();
        precedence.decided(Rank.KNOWN_BAD, true, now);
        assertThat(precedence.standsBack(Rank.KNOWN_BAD, 0, 1000, now)).isTrue();
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
