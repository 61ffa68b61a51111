/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContradictionsTest {

    @ParameterizedTest
    @CsvSource({
        "queueWait=6s, stalledAfter=10s",
        "queueWait=1s, stalledAfter=1s",
        "maxWorkDelay=3s, silentFloor=2s",
        "maxWorkDelay=2s, silentFloor=100ms",
        "maxWorkDelay=20s, stalledAfter=15s",
        "samplePeriod=500ms, stalledAfter=2s",
        "samplePeriod=20ms, stalledAfter=100ms",
        "samplePeriod=1ms, stalledAfter=900ms",
        "agentPort=7777, healthPort=7777",
        "fairness=true, behindProxy=true",
        "resetBudget=1, behindProxy=true"
    })
    void areRefusedWithBothNamesAndValues(String one, String other) {
        GuardBuilder builder = TcpGuard.builder();
        set(builder, one);
        set(builder, other);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(one)
                .hasMessageContaining(other);
    }

    @Test
    void areRefusedWithTheValueOfADefaultThatCannotGiveWay() {
        GuardBuilder builder = TcpGuard.builder().set("maxWorkDelay", "30s");

        assertThatThrownBy(builder::build)
                .hasMessageContaining("maxWorkDelay=30s")
                .hasMessageContaining("stalledAfter=10s (the default)")
                .hasMessageContaining("silentFloor=2s (the default)");
    }

    @ParameterizedTest
    @CsvSource({
        "stalledAfter=1s",
        "stalledAfter=5s",
        "queueWait=5s",
        "silentFloor=100ms",
        "maxWorkDelay=2s",
        "samplePeriod=1s",
        "behindProxy=true",
        "resetBudget=256"
    })
    void areNoneOfADefaultThatGivesWay(String one) {
        GuardBuilder builder = TcpGuard.builder();
        set(builder, one);

        assertThat(builder.build().config()).isNotNull();
    }

    @Test
    void aShareThatCouldNeverBeLeftIsRefused() {
        assertThatThrownBy(() -> TcpGuard.builder().set("minUsable", "0.95")).hasMessageContaining("minUsable=0.95");
    }

    @Test
    void defaultsContradictNothing() {
        Map<Setting, Object> all = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            all.put(setting, setting.byDefault());
        }
        Contradictions.refuse(all, all);
        assertThat(all).hasSize(Setting.values().length);
    }

    private static void set(GuardBuilder builder, String setting) {
        String[] nameAndValue = setting.split("=", 2);
        builder.set(nameAndValue[0], nameAndValue[1]);
    }
}
