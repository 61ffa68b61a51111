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
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Level;
import io.tcpguard.state.Limit;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the whole process may hold, through engine and policy. */
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
    private final Watch ofProcess = new Watch(Signal.CONNECTIONS, "", config);
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

    @Test
    void thoseOfAConnectorThatNobodyAsksAtTakeSlotsOfTheProcessToo() {
        AtomicInteger stock = new AtomicInteger(60);
        limited(200, stock);
        hold(139);

        run(0, 1);
        assertThat(said()).isEqualTo(new Reading.Measured(Signal.CONNECTIONS, 199, 200));
        assertThat(newcomer(SECOND)).isEqualTo(Admission.ADMIT);

        stock.set(61);
        run(1, 2);
        assertThat(said()).isEqualTo(new Reading.Measured(Signal.CONNECTIONS, 200, 200));
        assertThat(engine.snapshot().level()).isEqualTo(Level.SHED);
        assertThat(newcomer(2 * SECOND)).isNotEqualTo(Admission.ADMIT);
    }

    @Test
    void aCrowdAtAConnectorThatNobodyAsksAtLeavesHalfOfTheProcessToTheOthers() {
        limited(200, new AtomicInteger(5000));
        hold(99);

        run(0, 1);
        assertThat(said()).isEqualTo(new Reading.Measured(Signal.CONNECTIONS, 199, 200));
        assertThat(newcomer(SECOND)).isEqualTo(Admission.ADMIT);

        hold(1);
        assertThat(newcomer(SECOND)).isNotEqualTo(Admission.ADMIT);
    }

    private void limited(int most, AtomicInteger stock) {
        GuardConfig set = new GuardConfig(Map.of(Setting.MAX_CONNECTIONS, most));
        ProcessConnections connections =
                new ProcessConnections(set, policy, engine, NoMemoryLimit.processMemory(), none);
        ListenerConnections unasked = connections.of(new Unasked(stock), policy.newListener());
        connections.add(unasked);
        Reading descriptors = new Reading.Measured(Signal.DESCRIPTORS, HELD, 20_000);
        watch(Signal.DESCRIPTORS, () -> descriptors);
        cycle.add(new GuardedProbe(unasked, Watch.ofUnasked("ajp", config), false));
        cycle.add(new GuardedProbe(connections, ofProcess, false));
        policy.setEnabled(true);
    }

    /** A connector with the server's own protocol, and as many connections as are said. */
    private record Unasked(AtomicInteger held) implements ListenerControl {
        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public boolean asksForEach() {
            return false;
        }

        @Override
        public int untrackedConnections() {
            return held.get();
        }
    }

    private void hold(int connections) {
        for (int i = 0; i < connections; i++) {
            policy.open(InetAddress.getLoopbackAddress(), how -> {});
        }
    }

    private Reading said() {
        return ofProcess.newest();
    }

    private Admission newcomer(long now) {
        return policy.accept(InetAddress.getLoopbackAddress(), false, now);
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
