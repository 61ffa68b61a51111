/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.testkit.FakeControl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeControl guard = new FakeControl();
    private final List<String> said = new ArrayList<>();
    private long now = 17;
    private long endsAt = Long.MAX_VALUE;
    private long interruptedAt = Long.MAX_VALUE;

    private final Drain.Connections connections = new Drain.Connections() {
        @Override
        public void leave(boolean all) {
            say(all ? "all leave" : "idle leave");
        }

        @Override
        public int end() {
            say("end");
            return now >= endsAt ? 0 : 3;
        }

        @Override
        public void stay() {
            say("stay");
        }
    };

    /** Each change once, with its second. */
    private void say(String what) {
        if (said.isEmpty() || !said.get(said.size() - 1).startsWith(what)) {
            said.add(what + " at " + (now - 17) / 1e9);
        }
    }

    private void drain(long notice, long finish) throws InterruptedException {
        new Drain(guard, connections, () -> now, nanos -> {
                    assertThat(nanos).isNotNegative();
                    now += nanos;
                    if (now >= interruptedAt) {
                        throw new InterruptedException();
                    }
                })
                .run(notice, finish);
    }

    @Test
    void asksIdleOnesFirstThenAllAndEndsWithTheNotice() throws InterruptedException {
        endsAt = 0;
        drain(8 * SECOND, 60 * SECOND);
        assertThat(guard.draining).isEqualTo("stopping");
        assertThat(said).containsExactly("idle leave at 4.0", "all leave at 6.0", "end at 8.0");
    }

    @Test
    void isOverWithTheLastOneInProgress() throws InterruptedException {
        endsAt = 17 + 5 * SECOND;
        drain(4 * SECOND, 3600 * SECOND);
        assertThat(now - 17).isBetween(5 * SECOND, 5 * SECOND + SECOND / 20);
    }

    @Test
    void waitsNoLongerThanFinish() throws InterruptedException {
        drain(0, 3 * SECOND);
        assertThat(said).containsExactly("all leave at 0.0", "end at 0.0");
        assertThat(now - 17).isBetween(3 * SECOND, 3 * SECOND + SECOND / 20);
    }

    @Test
    void endsIdleOnesEvenIfNobodyWaits() throws InterruptedException {
        drain(0, 0);
        assertThat(said).containsExactly("all leave at 0.0", "end at 0.0");
    }

    @Test
    void letsAllStayWhenInterrupted() {
        interruptedAt = 17 + 5 * SECOND;
        assertThatThrownBy(() -> drain(4 * SECOND, 60 * SECOND)).isInstanceOf(InterruptedException.class);
        assertThat(said).endsWith("stay at 5.0");
        assertThat(guard.draining).isEqualTo("stopping");
    }
}
