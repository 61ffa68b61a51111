/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole guards under faults drawn by seed: what {@link Invariant} says is never broken. */
class GuardSimulationTest {
    private static final Logger LOG = Logger.getLogger("io.tcpguard");

    @BeforeAll
    static void nobodyReadsWhatThousandsOfGuardsSay() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logsAgain() {
        LOG.setLevel(null);
    }

    @Test
    void keepsItsPromisesInTwoHundredTrials() {
        assertThat(GuardTrial.broken(1, 200, 3)).isEmpty();
    }

    /** {@code -Dtcpguard.seeds=300000} is an hour. */
    @Tag("long")
    @Test
    void keepsThemInThousands() {
        int half = Integer.getInteger("tcpguard.seeds", 4_000) / 2;
        // On two processors.
        assertThat(IntStream.of(1_001, 1_001 + half)
                        .parallel()
                        .mapToObj(first -> GuardTrial.broken(first, half, 5))
                        .flatMap(List::stream))
                .isEmpty();
    }

    /** The line that a failure prints. */
    @Test
    void playsATrialAgain() {
        Long seed = Long.getLong("tcpguard.seed");
        assumeTrue(seed != null, "no -Dtcpguard.seed");
        GuardTrial trial = new GuardTrial(seed);
        List<Integer> faults = new ArrayList<>();
        for (String number : System.getProperty("tcpguard.faults", "").split(",", -1)) {
            if (!number.isEmpty()) {
                faults.add(Integer.valueOf(number));
            }
        }
        assertThat(trial.run(System.getProperty("tcpguard.faults") == null ? trial.all() : faults))
                .isNull();
    }

    @Test
    void isTheSameTrialEachTime() {
        for (long seed = 1; seed <= 5; seed++) {
            GuardTrial trial = new GuardTrial(seed);
            assertThat(String.valueOf(trial.run(trial.all()))).isEqualTo(String.valueOf(trial.run(trial.all())));
        }
    }
}
