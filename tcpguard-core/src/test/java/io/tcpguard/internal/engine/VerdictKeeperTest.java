/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictKeeperTest {
    private static final String LEAK = "a leak";
    private static final DownCause DEPLOY = new DownCause(DownCause.DownKind.OPERATOR, "deploy");
    private static final DownCause STARTING = new DownCause(DownCause.DownKind.STARTING, "not yet");
    private static final DownCause NOT_SERVING = new DownCause(DownCause.DownKind.NOT_SERVING, "does not accept");

    private long now;
    private long interval;
    private double usable = 1;
    private VerdictKeeper keeper = new VerdictKeeper(GuardConfig.defaults(), 0);

    @Test
    void isUpWithFullWeightAtFirst() {
        assertThat(at(0, null).up()).isTrue();
        assertThat(at(1, null).weight()).isEqualTo(100);
    }

    @Test
    void goesDownAtOnceAndSaysWhy() {
        Verdict verdict = at(0, LEAK);

        assertThat(verdict).isEqualTo(new Verdict(false, 0, LEAK));
    }

    @Test
    void holdsDownForFiveSecondsAtLeastAlthoughTheCauseIsGone() {
        at(0, LEAK);

        assertThat(at(4.9, null).up()).isFalse();
        assertThat(at(4.9, null).reason()).startsWith(LEAK + "; that is over");
        assertThat(at(6.1, null).up()).isTrue();
    }

    @Test
    void holdsDownUntilTheObservedChecksHaveSeenItTwice() {
        interval = TimeUnit.SECONDS.toNanos(10);
        at(0, LEAK);

        assertThat(at(29, null).up()).isFalse();
        assertThat(at(30, null).up()).isTrue();
    }

    @Test
    void takesTheConfiguredIntervalBeforeTheObservedOne() {
        keeper = new VerdictKeeper(new GuardConfig(Map.of(Setting.CHECK_INTERVAL, Duration.ofSeconds(4))), 0);
        interval = TimeUnit.SECONDS.toNanos(60);
        at(0, LEAK);

        assertThat(at(11.9, null).up()).isFalse();
        assertThat(at(12, null).up()).isTrue();
    }

    @Test
    void comesBackWithTheLowestStepOfTheRampAtTheVeryUp() {
        at(0, LEAK);

        assertThat(at(6, null).weight()).isEqualTo(10);
    }

    @Test
    void climbsTheRampInEqualStepsAndNeverFalls() {
        at(0, LEAK);
        List<Integer> weights = new ArrayList<>();
        for (double t = 6; t < 30; t += 0.02) {
            weights.add(at(t, null).weight());
        }

        assertThat(weights).isSorted().startsWith(10).endsWith(100);
        assertThat(weights.stream().distinct()).hasSize(10);
    }

    @Test
    void waitsOnTheRampButDoesNotFallWhenTheChecksTurnOutToBeRarer() {
        at(0, LEAK);
        List<Integer> weights = new ArrayList<>();
        for (double t = 6; t < 60; t += 0.02) {
            interval = TimeUnit.SECONDS.toNanos(t < 12 ? 2 : 4);
            weights.add(at(t, null).weight());
        }

        assertThat(weights).isSorted().startsWith(10).endsWith(100);
    }

    @Test
    void followsUsableCapacityInStepsOfTen() {
        usable = 0.52;
        assertThat(at(0, null).weight()).isEqualTo(50);
    }

    @Test
    void doesNotMoveForLessThanThreeQuartersOfAStep() {
        usable = 0.5;
        at(0, null);
        for (double share : new double[] {0.57, 0.43, 0.55, 0.45}) {
            usable = share;
            assertThat(at(1, null).weight()).isEqualTo(50);
        }
        usable = 0.58;
        assertThat(at(2, null).weight()).isEqualTo(60);
    }

    @Test
    void neverSaysZeroWhileUp() {
        usable = 0.001;
        assertThat(at(0, null).weight()).isEqualTo(1);
    }

    @Test
    void obeysTheOperatorAgainstEverything() {
        Verdict verdict = keeper.step(DEPLOY, "calm", 1, 0, 0);
        assertThat(verdict).isEqualTo(new Verdict(false, 0, "deploy", DownBy.OPERATOR));
        assertThat(keeper.step(DEPLOY, "calm", 1, 0, 5).reason()).isEqualTo("deploy");
    }

    @Test
    void isUpAtOnceWhenTheOperatorResumes() {
        keeper.step(DEPLOY, "calm", 1, 0, 0);

        assertThat(at(0.1, null).up()).isTrue();
        assertThat(at(0.1, null).weight()).isEqualTo(10);
    }

    @Test
    void isUpAtOnceWhenAStartIsOverAndCountsNoFlipForIt() {
        for (int i = 0; i < 20; i++) {
            keeper.step(STARTING, "calm", 1, 0, seconds(i));
            assertThat(at(i + 0.5, null).up()).isTrue();
        }
        at(30, LEAK);

        assertThat(at(36, null).up()).isTrue();
    }

    @Test
    void staysDownAfterTheOperatorResumesWhileACauseLasts() {
        keeper.step(DEPLOY, "calm", 1, 0, 0);

        assertThat(at(0.1, LEAK).up()).isFalse();
    }

    @Test
    void failsOpenAfterMaxDownAndStaysOpenUntilTheCauseHasGone() {
        at(0, LEAK);
        assertThat(at(599, LEAK).up()).isFalse();
        assertThat(at(600, LEAK).up()).isTrue();
        assertThat(at(601, LEAK).reason()).contains("failed open").contains(LEAK);

        at(700, null);
        assertThat(at(701, LEAK).up()).isFalse();
    }

    @Test
    void countsNoDrainOfAnOperatorAsTimeThatACauseHasLasted() {
        keeper.step(DEPLOY, "calm", 1, 0, 0);
        keeper.step(DEPLOY, "calm", 1, 0, seconds(3600));

        assertThat(at(3600.1, LEAK).up()).isFalse();
        assertThat(at(4200, LEAK).up()).isFalse();
        assertThat(at(4200.1, LEAK).up()).isTrue();
    }

    @Test
    void holdsForNoLongerThanMaxDownHoweverRareTheChecksAre() {
        interval = TimeUnit.SECONDS.toNanos(1000);
        at(0, LEAK);

        assertThat(at(599, null).up()).isFalse();
        assertThat(at(600, null).up()).isTrue();
    }

    @Test
    void neverFailsOpenWhenNothingIsServed() {
        keeper.step(NOT_SERVING, "calm", 1, 0, 0);
        assertThat(keeper.step(NOT_SERVING, "calm", 1, 0, seconds(5000)).up()).isFalse();
    }

    @Test
    void holdsEachReturnTwiceAsLongOnceItHasFlappedMoreThanAllowed() {
        List<Double> held = new ArrayList<>();
        double t = 0;
        for (int flap = 0; flap < 6; flap++) {
            at(t, LEAK);
            double from = t;
            while (!at(t, null).up()) {
                t += 0.5;
            }
            held.add(t - from);
            t += 0.5;
        }

        assertThat(held.subList(0, 3)).containsOnly(6.0);
        assertThat(held.subList(3, 6)).containsExactly(12.0, 24.0, 48.0);
    }

    @Test
    void comesBackByEqualStepsOfEightChecksAfterALeakAndOfTwoAfterAStall() {
        at(0, LEAK);
        assertThat(at(6, null).weight()).isEqualTo(10);
        assertThat(at(10, null).weight()).isEqualTo(30);

        keeper = new VerdictKeeper(GuardConfig.defaults(), 0);
        keeper.step(new DownCause(DownCause.DownKind.STALLED, "hangs"), "calm", 1, 0, 0);
        assertThat(at(6, null).weight()).isEqualTo(10);
        assertThat(at(10, null).weight()).isEqualTo(100);
    }

    @Test
    void startsTheRampAgainWhereItFailsOpen() {
        at(0, LEAK);

        assertThat(at(600, LEAK).weight()).isEqualTo(10);
    }

    @Test
    void saysByWhomItIsHeldDown() {
        keeper.step(NOT_SERVING, "calm", 1, 0, 0);
        Verdict held = at(1, null);
        assertThat(held.by()).isEqualTo(DownBy.LISTENER);
        assertThat(held.reason()).startsWith("does not accept; that is over, health is held down");
        // The same object until something changes.
        assertThat(at(2, null)).isSameAs(held);
        assertThat(keeper.step(NOT_SERVING, "calm", 1, 0, 3).reason()).isEqualTo("does not accept");

        keeper = new VerdictKeeper(GuardConfig.defaults(), 0);
        at(0, LEAK);
        assertThat(at(1, null).by()).isEqualTo(DownBy.SIGNALS);
    }

    @Test
    void saysByWhomItIsDownWhenTheNextCauseSaysTheSame() {
        keeper.step(new DownCause(DownCause.DownKind.JUDGED, "same"), "calm", 1, 0, 0);

        assertThat(keeper.step(new DownCause(DownCause.DownKind.OPERATOR, "same"), "calm", 1, 0, 1)
                        .by())
                .isEqualTo(DownBy.OPERATOR);
    }

    @Test
    void staysAtItsStepAtExactlyThreeQuarters() {
        usable = 0.5;
        at(0, null);
        usable = 0.425;
        assertThat(at(1, null).weight()).isEqualTo(50);
    }

    @Test
    void answersTheSameObjectWhileNothingChanges() {
        Verdict verdict = at(0, null);

        assertThat(at(1, null)).isSameAs(verdict);
    }

    private Verdict at(double t, @Nullable String cause) {
        now = seconds(t);
        DownCause judged = cause == null ? null : new DownCause(DownCause.DownKind.JUDGED, cause);
        return keeper.step(judged, "calm", usable, interval, now);
    }

    private static long seconds(double t) {
        return Math.round(t * 1e9);
    }
}
