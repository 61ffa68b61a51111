/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CompanionsTest {
    private final Companions companions = new Companions();
    private long now = TimeUnit.SECONDS.toNanos(7);
    private long own = 1_000;
    private long other = 10_000;

    CompanionsTest() {
        companions.step(other, own, now);
    }

    @Test
    void areCountedOnceEightClientsHaveBroughtThem() {
        changed(8, 16);

        assertThat(brought(100)).isEqualTo(200);
    }

    @Test
    void areChanceWhereFewerThanEightCame() {
        changed(7, 14);

        assertThat(brought(100)).isZero();
    }

    @Test
    void areLookedForOnceASecond() {
        now += TimeUnit.SECONDS.toNanos(1) - 1;
        assertThat(companions.step(other + 20, own + 10, now)).isZero();

        assertThat(companions.step(other + 20, own + 10, now + 1)).isPositive();
    }

    @Test
    void areNoMoreThanTheOthersThatThereAre() {
        changed(10, 20);

        assertThat(companions.step(30, 100, now)).isEqualTo(30);
    }

    @Test
    void areNotForgottenWhileNothingMoves() {
        changed(10, 20);
        for (int i = 0; i < 600; i++) {
            changed(0, 0);
        }

        assertThat(brought(100)).isEqualTo(200);
    }

    /** After a minute of changes half counts: eight clients then are no longer enough. */
    @Test
    void areForgottenWhileOtherThingsMove() {
        changed(4, 8);
        changed(4, 8);

        assertThat(brought(100)).as("4 of them are less than 4 by now").isZero();
    }

    @Test
    void areThoseOfClientsThatLeaveToo() {
        changed(-10, -20);

        assertThat(brought(100)).isEqualTo(200);
    }

    @Test
    void areNoneWhereTheOthersGoWhenClientsCome() {
        changed(10, -20);

        assertThat(brought(100)).isZero();
    }

    /** 82² and a look later 98.9 % of that, beside 100² of both: just above three fifths. */
    @Test
    void areBelievedWhereTheyExplainSixTenthsOfWhatMoves() {
        changed(0, 82);
        changed(100, 100);
        assertThat(brought(100)).isEqualTo(100);

        changed(0, 30);
        assertThat(brought(100)).isZero();
    }

    @Test
    void areNotBelievedWhereTheyExplainLess() {
        changed(0, 83);
        changed(100, 100);

        assertThat(brought(100)).isZero();
    }

    @Test
    void areFewerForEachWhereClientsComeWithoutToo() {
        changed(82, 0);
        changed(100, 100);

        assertThat(brought(100)).isEqualTo(60);
    }

    @Test
    void loseTheirClaimByClientsWhoBringNothing() {
        changed(100, 100);
        changed(82, 0);

        assertThat(brought(100)).isZero();
    }

    @Test
    void keepTheirClaimThroughFewerClientsWhoBringNothing() {
        changed(100, 100);
        changed(81, 0);

        assertThat(brought(100)).isEqualTo(60);
    }

    @Test
    void areAQuarterForEachAtLeast() {
        changed(16, 4);
        assertThat(brought(100)).isEqualTo(25);
    }

    @Test
    void areNoneWhereOneInFiveBringsOne() {
        changed(20, 4);

        assertThat(brought(100)).isZero();
    }

    @Test
    void areSixtyFourForEachAtMost() {
        changed(10, 1_000);

        assertThat(brought(10)).isEqualTo(640);
    }

    @Test
    void areUnknownAgainAfterTheDescriptorsWere() {
        changed(10, 20);

        companions.forget();

        assertThat(brought(100)).isZero();
        changed(7, 14);
        assertThat(brought(100)).isZero();
    }

    private void changed(long ownChange, long otherChange) {
        own += ownChange;
        other += otherChange;
        now += TimeUnit.SECONDS.toNanos(1);
        companions.step(other, own, now);
    }

    /** Of so many clients, looked at between two looks. */
    private long brought(long clients) {
        return companions.step(other, clients, now + 1);
    }
}
