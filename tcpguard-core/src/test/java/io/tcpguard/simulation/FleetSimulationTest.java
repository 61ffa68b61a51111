/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shared and single, flapping and overlapping troubles, at random: no more are out by judgement than may be and
 * somebody is always in, where the director counts; nobody stays out when all is well; and then all get the same.
 */
class FleetSimulationTest {
    @ParameterizedTest
    @EnumSource
    void keepsItsPromisesInAnyTrouble(FleetDirector.Kind kind) {
        assertThat(broken(kind, 5, 1, 8)).isEmpty();
    }

    @Test
    void keepsThemInAFleetOfFifty() {
        assertThat(broken(FleetDirector.Kind.BUDGET, 50, 1, 1)).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void keepsItsPromisesForHundredsOfSeeds(FleetDirector.Kind kind) {
        assertThat(broken(kind, 5, 1, 250)).isEmpty();
        assertThat(broken(kind, 3, 10_000, 100)).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"50, 10", "500, 2", "5000, 1"})
    void keepsThemInFleetsOfEverySize(int servers, int seeds) {
        for (FleetDirector.Kind kind : FleetDirector.Kind.values()) {
            assertThat(broken(kind, servers, 1, seeds)).isEmpty();
        }
    }

    private static List<String> broken(FleetDirector.Kind kind, int servers, long firstSeed, int seeds) {
        List<String> all = new ArrayList<>();
        for (long seed = firstSeed; seed < firstSeed + seeds && all.size() < 5; seed++) {
            String broken = new FleetTrial(seed, servers, kind).run();
            if (!broken.isEmpty()) {
                all.add(broken);
            }
        }
        return all;
    }
}
