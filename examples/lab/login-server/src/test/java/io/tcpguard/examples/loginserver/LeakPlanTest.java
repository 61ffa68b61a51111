/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LeakPlanTest {
    @Test
    void leaksFromItsBeginningToItsEnd() {
        LeakPlan plan = new LeakPlan(10, 2, 5);

        assertThat(plan.due(2_000)).isZero();
        assertThat(plan.due(2_100)).isEqualTo(1);
        assertThat(plan.due(4_999)).isEqualTo(29);
        assertThat(plan.due(5_000)).isZero();
        assertThat(plan.over(4_999)).isFalse();
        assertThat(plan.over(5_000)).isTrue();
    }

    @Test
    void canLeakForEver() {
        assertThat(new LeakPlan(10, 0, LeakPlan.NEVER).over(1_000_000_000_000L)).isFalse();
    }

    @Test
    void refusesToEndBeforeItBegins() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LeakPlan(1, 5, 4));
    }
}
