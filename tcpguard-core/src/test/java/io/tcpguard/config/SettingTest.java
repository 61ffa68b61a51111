/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingTest {

    @ParameterizedTest
    @EnumSource(Setting.class)
    void acceptsItsOwnDefault(Setting setting) {
        assertThat(setting.check(setting.byDefault())).isEqualTo(setting.byDefault());
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void isFoundByItsKey(Setting setting) {
        assertThat(Setting.named(setting.key())).isSameAs(setting);
        assertThat(setting.key()).matches("[a-z][A-Za-z]+");
        assertThat(setting.meaning()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "samplePeriod | 0ms | a duration from 1ms to 1s",
                "samplePeriod | 2000 | a duration from 1ms to 1s",
                "samplePeriod | PT2S | a duration from 1ms to 1s",
                "samplePeriod | PT | a duration from 1ms to 1s",
                "maxDown | P300000Y | a duration from 1s to 1d",
                "maxDown | PT9999999999999999999S | a duration from 1s to 1d",
                "idleFloor | -PT1S | a duration from 0s to 1d",
                "samplePeriod | fast | a duration from 1ms to 1s",
                "samplePeriod | -5ms | a duration from 1ms to 1s",
                "healthPort | 65536 | a whole number from -1 to 65535",
                "healthPort | 80a | a whole number from -1 to 65535",
                "elevatedAt | 1.1 | a number above 0, at most 1",
                "elevatedAt | NaN | a number above 0, at most 1",
                "reclaim | yes | true or false",
                "allow | 10.0.0.0/33 | networks such as",
                "allow | example.org | networks such as",
                "healthAddress | '' | a text that is not blank"
            })
    void namesItselfTheValueAndWhatIsAllowedWhenItRefuses(String key, String value, String expected) {
        Setting setting = Setting.named(key);

        assertThatThrownBy(() -> setting.parse(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key + "=" + value)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "TRUE, true", "False, false"})
    void readsFlags(String text, boolean expected) {
        assertThat(Setting.RECLAIM.parse(text)).isEqualTo(expected);
    }

    @Test
    void refusesValuesOfAnotherType() {
        assertThatThrownBy(() -> Setting.SAMPLE_PERIOD.check(20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("samplePeriod=20");
    }

    @Test
    void namesAllSettingsWhenThereIsNoneOfThatName() {
        assertThatThrownBy(() -> Setting.named("helthPort"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("helthPort")
                .hasMessageContaining("healthPort");
    }

    @ParameterizedTest
    @CsvSource({
        "20ms, PT0.02S",
        "1.5s, PT1.5S",
        "5m, PT5M",
        "2min, PT2M",
        "1h, PT1H",
        "0, PT0S",
        "1d, PT24H",
        "5000, PT5S",
        "PT5S, PT5S",
        "pt0.5s, PT0.5S",
        "P1D, PT24H",
        "500MS, PT0.5S",
        "1500us, PT0.0015S"
    })
    void readsDurations(String text, Duration expected) {
        assertThat(Setting.IDLE_FLOOR.parse(text)).isEqualTo(expected);
    }
}
