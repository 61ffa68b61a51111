/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.loginserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class WorkPlanTest {
    @Test
    void isSlowFromItsBeginningToItsEnd() {
        WorkPlan plan = new WorkPlan(10, 1000, 2, 5, WorkPlan.NEVER);

        assertThat(plan.millisAt(1_999)).isEqualTo(10);
        assertThat(plan.millisAt(2_000)).isEqualTo(1000);
        assertThat(plan.millisAt(4_999)).isEqualTo(1000);
        assertThat(plan.millisAt(5_000)).isEqualTo(10);
    }

    @Test
    void isSlowAgainAndAgain() {
        WorkPlan plan = new WorkPlan(10, 1000, 2, 5, 30);

        assertThat(plan.millisAt(31_999)).isEqualTo(10);
        assertThat(plan.millisAt(32_000)).isEqualTo(1000);
        assertThat(plan.millisAt(34_999)).isEqualTo(1000);
        assertThat(plan.millisAt(3_035_000)).isEqualTo(10);
        assertThatIllegalArgumentException().isThrownBy(() -> new WorkPlan(1, 1, 5, 9, 3));
    }

    @Test
    void canBeTheSameAlways() {
        assertThat(WorkPlan.always(10).millisAt(1_000_000_000_000L)).isEqualTo(10);
    }

    @Test
    void refusesToEndBeforeItBegins() {
        assertThatIllegalArgumentException().isThrownBy(() -> new WorkPlan(1, 1, 5, 4, 9));
    }
}
