/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserTest {
    private static final Timing T = Timing.STANDARD;

    private final Tally tally = new Tally();
    private final User user = new User(T, tally, 1, 500);

    @Test
    void connectsWhenItsTimeComesAndThenAsksToLogIn() {
        assertThat(user.deadline()).isEqualTo(500);

        assertThat(user.onTimer(500)).isEqualTo(Act.CONNECT);
        assertThat(user.onConnected(501)).isEqualTo(Act.SEND);

        assertThat(tally.counts()).isEqualTo(Counts.NONE);
    }

    @Test
    void isInSessionFromTheFirst200() {
        logIn(500);

        assertThat(tally.counts().logins()).isEqualTo(1);
        assertThat(tally.counts().inSession()).isEqualTo(1);
    }

    @Test
    void beatsUntilTheSessionIsOverThenLogsOutAndComesBack() {
        logIn(500);
        long end = 500L + T.holdMost();
        Act act = Act.NONE;
        long now = 500;
        int beats = 0;
        while (act != Act.CLOSE) {
            assertThat(user.deadline()).isGreaterThan(now).isLessThanOrEqualTo(now + T.beatMost());
            now = user.deadline();
            act = user.onTimer(now);
            if (act == Act.SEND) {
                beats++;
                assertThat(user.onAnswer(200, now)).isEqualTo(Act.NONE);
            }
        }

        assertThat(now).isBetween(500L + T.holdLeast(), end);
        assertThat(tally.counts().heartbeats()).isEqualTo(beats).isGreaterThanOrEqualTo(3);
        assertThat(tally.counts().inSession()).isZero();
        assertThat(tally.counts().lost()).isZero();
        assertThat(user.onTimer(user.deadline())).isEqualTo(Act.CONNECT);
    }

    @Test
    void losesItsSessionWhenTheServerClosesWhileItIsIdle() {
        logIn(500);

        user.onGone(600);

        assertThat(tally.counts().lost()).isEqualTo(1);
        assertThat(tally.counts().inSession()).isZero();
        assertThat(tally.counts().failures()).isZero();
    }

    @Test
    void losesItsSessionWhenAHeartbeatIsNotAnsweredInTime() {
        logIn(500);
        long beat = user.deadline();
        assertThat(user.onTimer(beat)).isEqualTo(Act.SEND);

        assertThat(user.deadline()).isEqualTo(beat + T.answerTimeout());
        assertThat(user.onTimer(user.deadline())).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().lost()).isEqualTo(1);
    }

    @Test
    void losesItsSessionWhenAHeartbeatIsAnsweredBy503() {
        logIn(500);
        user.onTimer(user.deadline());

        assertThat(user.onAnswer(503, 4000)).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().lost()).isEqualTo(1);
        assertThat(tally.counts().unavailable()).isZero();
    }

    @Test
    void failsAndTriesAgainInAboutASecondWhenRefused() {
        user.onTimer(500);

        user.onGone(510);

        assertThat(tally.counts().refused()).isEqualTo(1);
        assertThat(tally.counts().lost()).isZero();
        assertThat(user.deadline()).isBetween(510L + T.retry() / 2, 510L + T.retry() * 3 / 2);
    }

    @Test
    void failsWhenTheLoginIsAnsweredBy503() {
        user.onTimer(500);
        user.onConnected(501);

        assertThat(user.onAnswer(503, 502)).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().unavailable()).isEqualTo(1);
        assertThat(tally.counts().inSession()).isZero();
    }

    @Test
    void givesUpOnAConnectionAfterThreeSecondsAndOnAnAnswerAfterFive() {
        user.onTimer(500);
        assertThat(user.deadline()).isEqualTo(3_500);
        user.onConnected(600);
        assertThat(user.deadline()).isEqualTo(5_600);

        assertThat(user.onTimer(5_600)).isEqualTo(Act.CLOSE);

        assertThat(tally.counts().timedOut()).isEqualTo(1);
    }

    private void logIn(long now) {
        user.onTimer(now);
        user.onConnected(now);
        user.onAnswer(200, now);
    }
}
