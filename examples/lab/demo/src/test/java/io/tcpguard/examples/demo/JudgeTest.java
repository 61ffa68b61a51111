/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.demo.Check.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Check GOOD = Canned.check(8_000, Outcome.UP, 3_000, "SHED");

    @Test
    void findsAllPromisesKeptInAGoodRun() {
        assertThat(broken(Canned.stock(), Canned.guarded())).isEmpty();
        assertThat(Judge.allKept(Judge.judge(Canned.SCHEDULE, Canned.stock(), Canned.guarded())))
                .isTrue();
    }

    @Test
    void namesAFloodThatWasTooSmallToProveAnything() {
        assertThat(broken(Canned.guarded(), Canned.guarded())).singleElement().satisfies(p -> assertThat(p.text())
                .contains("flood is real"));
    }

    @Test
    void namesTheLastDescriptorTaken() {
        assertOneBroken(Canned.guarded(256, 12_000, 0, GOOD, 0), "never out of descriptors", "peak 256 of 256");
    }

    @Test
    void believesTheServersLogOverItsOwnLooks() {
        assertOneBroken(Canned.guarded(230, 12_000, 1, GOOD, 0), "never out of descriptors", "1 times");
    }

    @Test
    void namesAHealthAnswerThatTookLongerThanAHundredMilliseconds() {
        Check late = Canned.check(8_000, Outcome.UP, 100_001, "SHED");

        assertOneBroken(Canned.guarded(230, 12_000, 0, late, 0), "health", "1 of 4 checks", "at 8 s", "100 ms");
        assertThat(broken(
                        Canned.stock(),
                        Canned.guarded(230, 12_000, 0, Canned.check(8_000, Outcome.UP, 100_000, "SHED"), 0)))
                .isEmpty();
    }

    @Test
    void namesAHealthThatWentDownOrSilent() {
        assertOneBroken(
                Canned.guarded(230, 12_000, 0, Canned.check(8_000, Outcome.DOWN, 1_000, "DRAIN"), 0), "health", "DOWN");
        assertOneBroken(
                Canned.guarded(230, 12_000, 0, Canned.check(8_000, Outcome.NO_ANSWER, 1_000, "-"), 0),
                "health",
                "NO_ANSWER");
    }

    @Test
    void saysWhenTheMachineStoodStillButExcusesNothing() {
        Check late = new Check(8_000, Outcome.UP, 300_000, "SHED", 250_000);

        assertOneBroken(Canned.guarded(230, 12_000, 0, late, 0), "health", "the machine stood still");
    }

    @Test
    void namesASessionLost() {
        assertOneBroken(Canned.guarded(230, 12_000, 0, GOOD, 1), "no established session lost", "1 lost");
    }

    @Test
    void allowsTenSecondsToComeBelowTheAdmissionThreshold() {
        assertThat(broken(Canned.stock(), Canned.guarded(230, 22_000, 0, GOOD, 0)))
                .isEmpty();
        assertOneBroken(Canned.guarded(230, 22_001, 0, GOOD, 0), "within 10 s", "10.0 s after it");
    }

    @Test
    void countsADeadServerAsBroken() {
        Trace alive = Canned.guarded();
        Trace dead = new Trace(
                alive.name(), 256, 224, alive.seconds(), alive.checks(), alive.peak(), alive.lastFullAt(), 0, false);

        assertOneBroken(dead, "never out of descriptors", "it died");
    }

    private static void assertOneBroken(Trace guarded, String promise, String... evidence) {
        assertThat(broken(Canned.stock(), guarded)).singleElement().satisfies(p -> {
            assertThat(p.text()).contains(promise);
            assertThat(p.evidence()).contains(evidence);
        });
    }

    private static List<Promise> broken(Trace stock, Trace guarded) {
        return Judge.judge(Canned.SCHEDULE, stock, guarded).stream()
                .filter(p -> !p.kept())
                .toList();
    }
}
