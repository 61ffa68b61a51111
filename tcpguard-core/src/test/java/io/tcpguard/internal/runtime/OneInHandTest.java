/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.probe.VirtualAwakeTime;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** At a small limit the reserve is one descriptor or three: what an acceptor holds in hand is no leak that eats it. */
class OneInHandTest {
    private static final long MILLI = 1_000_000L;
    private static final int AT_REST = 20;

    private long now;
    private long open = AT_REST;

    @ParameterizedTest
    @ValueSource(ints = {64, 80, 100, 130})
    void whoWaitsAtTheAdmissionThresholdDoesNotFailHealth(int limit) throws Exception {
        GuardConfig config = GuardConfig.defaults();
        SteppedGuard guard = new SteppedGuard(
                config,
                new VirtualAwakeTime(() -> now),
                () -> open,
                new Fixed(Signal.DESCRIPTORS, () -> open, limit),
                () -> 0,
                () -> false);
        SteppedGuard.Door door =
                guard.listen("http", new Fixed(Signal.ACCEPT_QUEUE, () -> 1, 4096), () -> true, Runnable::run);
        int clients = 0;
        while (open < limit - config.reserve(limit)) {
            door.slots().counts().accepts().increment();
            open++;
            InetAddress source = address(clients++);
            assertThat(accept(guard, door, source)).isEqualTo(Admission.ADMIT);
            guard.policy().open(source, door.slots(), how -> open--).touch();
            guard.sample();
            now += MILLI;
        }

        // The next one waits, who is behind it waits next.
        for (int second = 0; second < 3; second++) {
            door.slots().counts().accepts().increment();
            open++;
            door.slots().counts().takenInHand();
            for (int i = 0; i < 50; i++) {
                now += 20 * MILLI;
                accept(guard, door, address(clients));
                guard.sample();
                assertThat(guard.check().up()).as(guard.check().reason()).isTrue();
            }
            door.slots().counts().outOfHand();
            open--;
        }
    }

    private Admission accept(SteppedGuard guard, SteppedGuard.Door door, InetAddress source) {
        return guard.policy()
                .accept(
                        source,
                        false,
                        null,
                        door.slots(),
                        door.timer(),
                        door.slots().counts().accepts().sum(),
                        () -> true,
                        now);
    }

    private static InetAddress address(int client) throws Exception {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) client});
    }

    private record Fixed(Signal signal, LongSupplier used, long limit) implements Probe {
        @Override
        public Reading read(long nowNanos) {
            return new Reading.Measured(signal, used.getAsLong(), limit);
        }

        @Override
        public void close() {}
    }
}
