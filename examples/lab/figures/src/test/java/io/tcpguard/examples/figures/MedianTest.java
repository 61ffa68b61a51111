/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {
    @Test
    void ofAnOddNumberIsTheOneInTheMiddle() {
        assertThat(Median.of(List.of(3.0, 1.0, 2.5))).isEqualTo(new Median(2.5, 1, 3));
    }

    @Test
    void ofAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Median.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Median(2.5, 1, 4));
    }

    @Test
    void ofNothingIsRefused() {
        assertThatThrownBy(() -> Median.of(List.of())).hasMessageContaining("expected: one at least");
    }
}
