/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.examples.demo.load.LoadPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
    @ParameterizedTest
    @CsvSource({"2, 200, 20", "4, 256, 80", "5, 300, 300"})
    void fitsEverySizeThatTheScriptAllows(int servers, int limit, int seconds) {
        LoadPlan load = Plan.of(Incident.FLOOD, servers, limit, seconds).load();

        int places = servers * limit;
        assertThat(load.users()).isLessThan(places);
        assertThat(load.users() + load.abusers()).isGreaterThan(places);
        assertThat(load.floodUntil()).isLessThan(seconds * 1000);
        for (Incident incident : Incident.values()) {
            assertThat(Plan.of(incident, servers, limit, seconds).incident()).isEqualTo(incident);
        }
    }

    @Test
    void hasNoAbnormalClientsButInAFlood() {
        for (Incident incident : Incident.values()) {
            assertThat(Plan.of(incident, 4, 256, 80).load().abusers() > 0).isEqualTo(incident.flood());
            assertThat(Incident.of(incident.option())).isEqualTo(incident);
        }
        assertThat(Plan.of(Incident.HANG_ONE, 4, 256, 80).phase(40)).isEqualTo("TROUBLE");
    }

    @Test
    void saysWhichPhaseASecondBelongsTo() {
        assertThat(Canned.PLAN.phase(35)).isEqualTo("before");
        assertThat(Canned.PLAN.phase(36)).isEqualTo("FLOOD");
        assertThat(Canned.PLAN.phase(72)).isEqualTo("FLOOD");
        assertThat(Canned.PLAN.phase(73)).isEqualTo("after");
    }
}
