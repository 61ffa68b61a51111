/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import io.tcpguard.state.Trend;
import org.junit.jupiter.api.Test;

class SentenceTest {
    private final Watch watch = new Watch(Signal.MEMORY, "", GuardConfig.defaults());
    private final Watch another = new Watch(Signal.MEMORY, "", GuardConfig.defaults());
    private final Sentence sentence = new Sentence(1_000);

    SentenceTest() {
        sentence.say(watch, Level.SHED, Trend.Kind.LEAK, "full", 5_000);
    }

    @Test
    void standsAsLongAsItsFiguresMayBeOld() {
        assertThat(sentence.stands(watch, Level.SHED, Trend.Kind.LEAK, 5_999)).isTrue();
        assertThat(sentence.stands(watch, Level.SHED, Trend.Kind.LEAK, 6_000)).isFalse();
    }

    @Test
    void doesNotStandForAnotherMatter() {
        assertThat(sentence.stands(another, Level.SHED, Trend.Kind.LEAK, 5_001)).isFalse();
        assertThat(sentence.stands(watch, Level.ELEVATED, Trend.Kind.LEAK, 5_001))
                .isFalse();
        assertThat(sentence.stands(watch, Level.SHED, Trend.Kind.CALM, 5_001)).isFalse();
    }

    @Test
    void isTheSameObjectIfItSaysTheSame() {
        String text = sentence.text();

        assertThat(sentence.say(watch, Level.SHED, Trend.Kind.LEAK, "fu".concat("ll"), 7_000))
                .isSameAs(text);
        assertThat(sentence.say(watch, Level.SHED, Trend.Kind.LEAK, "fuller", 8_000))
                .isEqualTo("fuller");
    }
}
