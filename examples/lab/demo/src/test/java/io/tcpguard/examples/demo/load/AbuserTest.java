/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AbuserTest {
    private static final Timing T = Timing.STANDARD;

    private final Tally tally = new Tally();
    private final Abuser abuser = new Abuser(T, tally, 1, 100, 10_000, Act.SEND);

    @Test
    void sitsOnItsConnectionUntilTheFloodEnds() {
        assertThat(abuser.onTimer(100)).isEqualTo(Act.CONNECT);
        assertThat(abuser.onConnected(101)).isEqualTo(Act.SEND);
        assertThat(abuser.onAnswer(200, 120)).isEqualTo(Act.NONE);

        assertThat(abuser.deadline()).isEqualTo(10_000);
        assertThat(tally.counts().abusersHolding()).isEqualTo(1);
        assertThat(abuser.onTimer(10_000)).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().abusersHolding()).isZero();
        assertThat(abuser.deadline()).isEqualTo(Client.NEVER);
    }

    @Test
    void comesBackInAboutHalfASecondWhenItLosesItsPlace() {
        abuser.onTimer(100);
        abuser.onConnected(101);

        abuser.onGone(5_000);

        assertThat(tally.counts().abusersHolding()).isZero();
        assertThat(abuser.deadline()).isBetween(5_250L, 5_750L);
        assertThat(abuser.onTimer(abuser.deadline())).isEqualTo(Act.CONNECT);
    }

    @Test
    void comesBackWhenItIsAnsweredBy503() {
        abuser.onTimer(100);
        abuser.onConnected(101);

        assertThat(abuser.onAnswer(503, 102)).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().abusersHolding()).isZero();
        assertThat(abuser.deadline()).isLessThan(1_000);
    }

    @Test
    void isNoUserInAnyCount() {
        abuser.onTimer(100);
        abuser.onGone(200);
        abuser.onTimer(abuser.deadline());
        abuser.onConnected(900);
        abuser.onAnswer(503, 901);

        assertThat(tally.counts()).isEqualTo(Counts.NONE);
    }
}
