/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LoadPlanTest {
    @Test
    void aUserIsOfferedOneSessionOfFifteenSecondsInSeventeen() {
        LoadPlan plan = new LoadPlan(170, 1, 30, 0, 1, 1);

        assertThat(plan.loginsOffered()).isCloseTo(10, within(0.001));
        assertThat(plan.sessionsOffered()).isCloseTo(150, within(0.01));
    }
}
