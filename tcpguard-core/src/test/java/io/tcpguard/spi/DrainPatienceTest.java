/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainPatienceTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LOOK = 20 * MILLI;

    private final DrainPatience<String> patience = new DrainPatience<>();

    @Test
    void closesOneThatIsIdleAtTwoLooks() {
        assertThat(patience.mayClose("a", false, true, 0)).isFalse();
        assertThat(patience.mayClose("a", false, true, LOOK)).isTrue();
    }

    @Test
    void beginsAnewWithWork() {
        patience.mayClose("a", false, true, 0);
        assertThat(patience.mayClose("a", true, true, LOOK)).isFalse();
        assertThat(patience.mayClose("a", false, true, 2 * LOOK)).isFalse();
        assertThat(patience.mayClose("a", false, true, 3 * LOOK)).isTrue();
    }

    @Test
    void givesANewConnectionASecondForItsFirstRequest() {
        for (long now = 0; now < 1_000 * MILLI; now += LOOK) {
            assertThat(patience.mayClose("new", false, false, now)).isFalse();
        }
        assertThat(patience.mayClose("new", false, false, 1_000 * MILLI)).isTrue();
    }

    @Test
    void asksAgainAfterAWhileWhereACloseCameToNothing() {
        patience.mayClose("a", false, true, 0);
        assertThat(patience.mayClose("a", false, true, LOOK)).isTrue();
        assertThat(patience.mayClose("a", false, true, 2 * LOOK)).isFalse();
        assertThat(patience.mayClose("a", false, true, LOOK + 215 * MILLI)).isTrue();
    }

    @Test
    void givesACloseASecond() {
        patience.closing("a", 0);
        patience.closing("a", LOOK);
        assertThat(patience.isClosing("a")).isTrue();
        assertThat(patience.isOverdue("a", 999 * MILLI)).isFalse();
        assertThat(patience.isOverdue("a", 1_000 * MILLI)).isTrue();
        assertThat(patience.isOverdue("b", 1_000 * MILLI)).isFalse();
    }
}
