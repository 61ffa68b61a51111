/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitTimesTest {
    @Test
    void countsEachInTheBoundsThatItDidNotPassAndForTheWholeToo() {
        WaitTimes whole = new WaitTimes(null);
        WaitTimes listener = new WaitTimes(whole);
        listener.ended(0);
        listener.ended(100_000_000);
        listener.ended(100_000_001);
        listener.ended(4_500_000_000L);
        whole.ended(60_000_000_000L);

        assertThat(listener.histogram().within()).containsExactly(2L, 3L, 3L, 3L, 3L, 3L, 3L, 4L, 4L, 4L);
        assertThat(whole.histogram().within()).containsExactly(2L, 3L, 3L, 3L, 3L, 3L, 3L, 4L, 4L, 5L);
    }
}
