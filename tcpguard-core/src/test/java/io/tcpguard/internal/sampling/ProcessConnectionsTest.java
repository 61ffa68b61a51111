/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.admission.ResetBudget;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.internal.engine.Watch;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Limit;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Memory that runs out, through engine and policy. */
class ProcessConnectionsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int HELD = 300;

    private final GuardConfig config = GuardConfig.defaults();
    private final Engine engine = new Engine(config, 0);
    private final RefusalCounters shed = new RefusalCounters();
    private final AdmissionPolicy policy = new AdmissionPolicy(
            config, () -> HELD, engine::snapshot, new CoarseClock(0), shed, new ResetBudget(config, () -> false, 0), 0);
    private final Rehearsal none = new Rehearsal(config.share(Setting.ELEVATED_AT));
    private final SamplingCycle cycle = new SamplingCycle(config, engine, policy, () -> 0, () -> 0, () -> 0, none);
    private final List<String> evicted = new ArrayList<>();
    private Reading memory = new Reading.Measured(Signal.MEMORY, 10, 100);

    private record Says(Signal signal, Supplier<Reading> reading) implements Probe {
        @Override
        public Reading read(long now) {
            return reading.get();
        }

        @Override
        public void close() {}
    }

    @Test
    void noMoreAreHeldThanAreThereAndIdleOnesGoWithoutAnybodyComing() {
        Reading descriptors = new Reading.Measured(Signal.DESCRIPTORS, HELD, 20_000);
        watch(Signal.DESCRIPTORS, () -> descriptors);
        watch(Signal.MEMORY, () -> memory);
        ProcessMemory real = NoMemoryLimit.processMemory();
        cycle.add(new GuardedProbe(
                new ProcessConnections(config, policy, engine, real, none),
                new Watch(Signal.CONNECTIONS, "", config),
                false));
        policy.setEnabled(true);
        for (int i = 0; i < HELD; i++) {
            int n = i;
            policy.open(InetAddress.getLoopbackAddress(), how -> evicted.add("" + n));
        }
        run(0, 12);
        assertThat(evicted).isEmpty();
        assertThat(policy.accept(InetAddress.getLoopbackAddress(), false, 12 * SECOND))
                .isEqualTo(Admission.ADMIT);

        memory = new Reading.Measured(Signal.MEMORY, 100, 100);
        run(12, 60);

        assertThat(engine.snapshot().leading()).isEqualTo(Signal.MEMORY);
        assertThat(engine.snapshot().capacity().binding()).isEqualTo(Limit.MEMORY);
        assertThat(engine.snapshot().capacity().slots()).isEqualTo(HELD * 3 / 4);
        assertThat(evicted).isNotEmpty();
    }

    private void watch(Signal signal, Supplier<Reading> reading) {
        cycle.add(new GuardedProbe(new Says(signal, reading), new Watch(signal, "", config), false));
    }

    private void run(long fromSecond, long toSecond) {
        for (long at = fromSecond * SECOND; at < toSecond * SECOND; at += 20_000_000L) {
            cycle.runOnce(at);
        }
    }
}
