/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RehearsalTest {
    private static final long LIMIT = 1000;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final GuardConfig config = GuardConfig.defaults();
    private final Map<Signal, Long> used = new EnumMap<>(Signal.class);
    private final Rehearsal rehearsal = new Rehearsal(config.share(Setting.ELEVATED_AT));
    private final Engine engine = new Engine(config, 0);
    private final AdmissionPolicy policy = new AdmissionPolicy(
            config,
            () -> rehearsal.descriptors(used.getOrDefault(Signal.DESCRIPTORS, 0L)),
            engine::snapshot,
            new CoarseClock(0),
            new RefusalCounters(),
            new ResetBudget(config, () -> true, 0),
            0);
    private final SamplingCycle cycle = new SamplingCycle(config, engine, policy, () -> 0, () -> 0, () -> 0, rehearsal);
    private long now;

    RehearsalTest() {
        for (Signal signal : Signal.values()) {
            if (signal != Signal.CONNECTIONS) {
                used.put(signal, signal == Signal.WORK_DELAY ? 0L : 100L);
                boolean counter = signal == Signal.TIME_WAIT;
                cycle.add(new GuardedProbe(new Scripted(signal), new Watch(signal, "", config), counter));
            }
        }
        policy.setEnabled(true);
        run(1);
    }

    private GuardSnapshot run(double seconds) {
        for (long end = now + (long) (seconds * 1e9); now < end; now += TimeUnit.MILLISECONDS.toNanos(20)) {
            cycle.runOnce(now);
        }
        return engine.snapshot();
    }

    private void begin(Signal signal, double pressure, long nanos) {
        rehearsal.begin(engine.snapshot(), false, signal, pressure, nanos, now);
    }

    @Test
    void behavesAsIfTheDescriptorsWereTakenAndSaysThatItIsARehearsal() {
        begin(Signal.DESCRIPTORS, 0.985, MINUTE);

        GuardSnapshot snapshot = run(2);

        assertThat(snapshot.level()).isEqualTo(Level.SHED);
        assertThat(snapshot.capacity().used()).isEqualTo(985);
        assertThat(snapshot.rehearsal()).isTrue();
        assertThat(snapshot.reason()).startsWith("rehearsal: ");
        assertThat(snapshot.verdict().reason()).startsWith("rehearsal: ");
        assertThat(policy.accept(InetAddress.getLoopbackAddress(), false, now)).isNotEqualTo(Admission.ADMIT);
    }

    @Test
    void endsByItselfAndLeavesNoTrace() {
        begin(Signal.DESCRIPTORS, 1, TimeUnit.SECONDS.toNanos(10));
        assertThat(run(5).verdict().up()).isFalse();

        assertThat(run(6).rehearsal()).as("held down still, by the rehearsal").isTrue();
        GuardSnapshot after = run(30);

        assertThat(after.level()).isEqualTo(Level.NORMAL);
        assertThat(after.verdict().weight()).isGreaterThanOrEqualTo(90);
        assertThat(after.rehearsal()).isFalse();
        assertThat(after.reason()).doesNotContain("rehearsal");
        assertThat(after.capacity().used()).isEqualTo(100);
        assertThat(policy.accept(InetAddress.getLoopbackAddress(), false, now)).isEqualTo(Admission.ADMIT);
    }

    @Test
    void countsAsNoFlapping() {
        for (int i = 0; i < 6; i++) {
            begin(Signal.DESCRIPTORS, 1, TimeUnit.SECONDS.toNanos(3));
            assertThat(run(2).verdict().up()).isFalse();
            assertThat(run(25).verdict().up()).as("after rehearsal " + i).isTrue();
        }
    }

    @Test
    void endsAtAnOperatorsWord() {
        begin(Signal.SYSTEM_FILES, 0.99, MINUTE);
        assertThat(run(1).level()).isEqualTo(Level.SHED);

        rehearsal.end();

        assertThat(run(3).level()).isEqualTo(Level.NORMAL);
    }

    @ParameterizedTest
    @EnumSource(
            value = Signal.class,
            names = {"DESCRIPTORS", "SYSTEM_FILES", "TIME_WAIT", "WORK_DELAY"})
    void playsASignalToThePressureThatIsAskedFor(Signal signal) {
        begin(signal, 0.9, MINUTE);

        GuardSnapshot snapshot = run(3);

        assertThat(snapshot.leading()).isEqualTo(signal);
        assertThat(snapshot.signals())
                .filteredOn(s -> s.reading().signal() == signal)
                .allSatisfy(s -> assertThat(s.reading().pressure()).isBetween(0.9, 0.91));
    }

    @Test
    void endsAtOnceWhenTheSignalItselfIsInTrouble() {
        begin(Signal.DESCRIPTORS, 0.9, MINUTE);
        assertThat(run(1).rehearsal()).isTrue();

        used.put(Signal.DESCRIPTORS, 900L);
        GuardSnapshot snapshot = run(0.1);

        assertThat(snapshot.capacity().used()).isEqualTo(900);
        assertThat(snapshot.rehearsal()).isFalse();
        assertThat(snapshot.reason()).doesNotContain("rehearsal");
        assertThat(snapshot.level()).isEqualTo(Level.ELEVATED);
    }

    /** One that is read once a second says what was played until then. */
    @Test
    void takesWhatItPlayedForNoRealTrouble() {
        begin(Signal.TIME_WAIT, 0.95, MINUTE);

        assertThat(run(10).rehearsal()).isTrue();
    }

    @Test
    void endsAtOnceWhenAnotherSignalIsInTrouble() {
        begin(Signal.DESCRIPTORS, 0.9, MINUTE);
        run(1);

        used.put(Signal.SYSTEM_FILES, 990L);

        assertThat(run(0.1).rehearsal()).isFalse();
        assertThat(engine.snapshot().leading()).isEqualTo(Signal.SYSTEM_FILES);
    }

    @Test
    void isRefusedWhileThereIsRealTrouble() {
        used.put(Signal.SYSTEM_FILES, 900L);
        run(1);

        assertThatThrownBy(() -> begin(Signal.DESCRIPTORS, 0.9, MINUTE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("real trouble")
                .hasMessageContaining("SYSTEM_FILES");
        assertThat(run(1).rehearsal()).isFalse();
    }

    @Test
    void isRefusedWhileAnotherIsOn() {
        begin(Signal.DESCRIPTORS, 0.9, MINUTE);

        assertThatThrownBy(() -> begin(Signal.SYSTEM_FILES, 0.9, MINUTE)).hasMessageContaining("another rehearsal");
    }

    @Test
    void isRefusedForASignalThatCannotBeRead() {
        assertThatThrownBy(() -> begin(Signal.CONNECTIONS, 0.9, MINUTE)).hasMessageContaining("can't be read here");
    }

    private final class Scripted implements Probe {
        private final Signal signal;

        Scripted(Signal signal) {
            this.signal = signal;
        }

        @Override
        public Signal signal() {
            return signal;
        }

        @Override
        public Reading read(long nowNanos) {
            return new Reading.Measured(signal, used.getOrDefault(signal, 0L), LIMIT);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
