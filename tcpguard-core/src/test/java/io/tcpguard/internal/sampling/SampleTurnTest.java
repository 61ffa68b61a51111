/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SampleTurnTest {
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(2);
    private int samples;
    private @Nullable Error fails;
    private final SampleTurn turn = new SampleTurn(this::sample, now);

    @Test
    void othersTakeTheSampleOnceItIsASecondLate() {
        after(900);
        turn.takeIfLate(now);
        assertThat(samples).isZero();

        after(100);
        turn.takeIfLate(now);
        assertThat(samples).isEqualTo(1);
        assertThat(turn.age(now)).isZero();
    }

    @Test
    void aSampleThatFailsLeavesThePictureOldAndOthersTryOn() {
        fails = new OutOfMemoryError("test");
        for (int i = 0; i < 110; i++) {
            after(100);
            turn.takeIfLate(now);
        }
        assertThat(turn.blind(now)).isTrue();
        assertThat(turn.outOfMemory()).isTrue();
        assertThatThrownBy(() -> turn.take(now)).isInstanceOf(OutOfMemoryError.class);

        fails = null;
        after(100);
        turn.takeIfLate(now);
        assertThat(turn.blind(now)).isFalse();
        assertThat(turn.outOfMemory()).isFalse();
    }

    @Test
    void whileOneIsTakenNobodyTakesAnother() {
        SampleTurn[] self = new SampleTurn[1];
        self[0] = new SampleTurn(
                time -> {
                    samples++;
                    self[0].take(time);
                },
                now);
        self[0].take(now);
        assertThat(samples).isEqualTo(1);
    }

    private void sample(long time) {
        samples++;
        Error e = fails;
        if (e != null) {
            throw e;
        }
    }

    private void after(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
