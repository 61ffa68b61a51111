/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class StalledRequestReaperTest {
    private final RefusalCounters shed = new RefusalCounters();
    private final StalledRequestReaper stalledRequests = new StalledRequestReaper(
            GuardConfig.defaults(), shed, new ResetBudget(GuardConfig.defaults(), () -> true, 0));
    private final List<Duration> patience = new ArrayList<>();
    private final List<Integer> most = new ArrayList<>();
    private long now;
    private long late = -1;

    @Test
    void endNothingWhileWorkIsInTime() {
        stalledRequests.add(ending(1), () -> late);
        sample(Level.NORMAL, Level.NORMAL, 0);
        sample(Level.ELEVATED, Level.ELEVATED, 300);
        // The descriptors are full, but threads are free.
        sample(Level.SHED, Level.NORMAL, 100);

        assertThat(patience).isEmpty();
        assertThat(shed.of(RefusalCounters.Stage.REQUEST)).isZero();
    }

    @Test
    void areEndedWhenWorkIsLateAlthoughTheDescriptorsLead() {
        stalledRequests.add(ending(3), () -> late);
        sample(Level.SHED, Level.SHED, 600);

        assertThat(shed.of(
                        RefusalCounters.Stage.REQUEST, RefusalCounters.Method.RESET, RefusalCounters.Reason.WORK_DELAY))
                .isEqualTo(3);
    }

    @Test
    void areLookedForTenTimesASecondAndBoundedEachTime() {
        stalledRequests.add(ending(0), () -> late);
        for (int i = 0; i < 50; i++) {
            sample(Level.SHED, Level.SHED, 600);
        }

        assertThat(patience).hasSize(10);
        assertThat(most).containsOnly(40);
    }

    @Test
    void shareTheirBoundAmongListeners() {
        stalledRequests.add(ending(30), () -> late);
        stalledRequests.add(ending(0), () -> late);
        sample(Level.SHED, Level.SHED, 600);

        assertThat(most).containsExactly(40, 10);
    }

    @Test
    void findLessPatienceTheLaterWorkIs() {
        stalledRequests.add(ending(0), () -> late);
        for (int delay : new int[] {500, 2_500, 5_000, 60_000}) {
            now += 1_000_000_000L;
            sample(Level.DRAIN, Level.DRAIN, delay);
        }

        // Of two seconds, with ten until health fails.
        assertThat(patience)
                .containsExactly(
                        Duration.ofMillis(1_800),
                        Duration.ofMillis(1_000),
                        Duration.ofMillis(500),
                        Duration.ofMillis(500));
    }

    @Test
    void areAskedForNoMoreOfAListenerThatIsGone() {
        ListenerControl control = ending(1);
        LongSupplier lateMillis = () -> late;
        stalledRequests.add(control, lateMillis);
        stalledRequests.remove(control, lateMillis);
        sample(Level.SHED, Level.SHED, 600);

        assertThat(patience).isEmpty();
    }

    /** The JDK throws it at the limit of descriptors; and what was not reset may be reset later. */
    @Test
    void leaveTheSamplerAliveAndTheBudgetWholeWhenTheJdkFails() {
        stalledRequests.add(
                ending(() -> {
                    throw new InternalError("Too many open files");
                }),
                () -> late);
        stalledRequests.add(ending(2), () -> late);
        for (int i = 0; i < 50; i++) {
            now += 100_000_000L;
            sample(Level.SHED, Level.SHED, 600);
        }

        assertThat(shed.of(
                        RefusalCounters.Stage.REQUEST, RefusalCounters.Method.RESET, RefusalCounters.Reason.WORK_DELAY))
                .isEqualTo(100);
    }

    @Test
    void leaveTheSamplerAliveWhenAnAdapterFails() {
        stalledRequests.add(
                ending(() -> {
                    throw new IllegalStateException("an adapter's own fault");
                }),
                () -> late);
        stalledRequests.add(ending(2), () -> late);
        sample(Level.SHED, Level.SHED, 600);

        assertThat(shed.of(RefusalCounters.Stage.REQUEST)).isEqualTo(2);
    }

    private ListenerControl ending(int howMany) {
        return ending(() -> howMany);
    }

    private ListenerControl ending(IntSupplier howMany) {
        return new ListenerControl() {
            @Override
            public boolean accepting() {
                return true;
            }

            @Override
            public int endStalledWork(long patienceNanos, int atMost, Closing how) {
                patience.add(Duration.ofNanos(patienceNanos));
                most.add(atMost);
                return howMany.getAsInt();
            }
        };
    }

    /** Every 20 ms. */
    private void sample(Level level, Level ofWork, long delayMillis) {
        now += 20_000_000;
        late = ofWork.atLeast(Level.SHED) ? delayMillis : -1;
        SignalState work = new SignalState("http", new Reading.Measured(Signal.WORK_DELAY, delayMillis, 500), ofWork);
        stalledRequests.sampled(
                new GuardSnapshot(
                        level,
                        level == Level.NORMAL ? null : Signal.DESCRIPTORS,
                        "a test",
                        new Capacity(1000, 968, 900, 968),
                        new Verdict(true, 100, "a test"),
                        Admission.ADMIT,
                        false,
                        List.of(work),
                        0),
                now);
    }
}
