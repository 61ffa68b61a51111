/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A refusal is about its listener, a verdict about the server. */
class SeveralListenersTest {
    private static final double STEP = 0.02;

    private final GuardConfig config = new GuardConfig(Map.of(Setting.MAX_DOWN, Duration.ofSeconds(30)));
    private final Engine engine = new Engine(config, 0);
    private final List<Watch> watches = new ArrayList<>();
    private final List<ListenerWatch> listeners = new ArrayList<>();
    private @Nullable String operator;
    private double time;

    SeveralListenersTest() {
        watches.add(new Watch(Signal.DESCRIPTORS, "", config));
        watches.get(0).read(new Reading.Measured(Signal.DESCRIPTORS, 61, 20_000));
    }

    @Test
    void lateWorkRefusesOnlyOnItsOwnListenerAndIsNoWantOfDescriptors() {
        Port main = new Port("main", 1).held(20).answering(50);
        Port second = new Port("second", 1).held(4);
        second.delay(600);

        GuardSnapshot snapshot = after(2);

        assertThat(main.watch.state().refusal()).isNull();
        assertThat(second.watch.state().refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);
        assertThat(snapshot.level()).isEqualTo(Level.SHED);
        assertThat(snapshot.leading()).isEqualTo(Signal.WORK_DELAY);
        assertThat(snapshot.reason()).contains("WORK_DELAY of second-0 is at 600 of 500");
        assertThat(snapshot.signals().get(0).level()).isEqualTo(Level.NORMAL);
        assertThat(snapshot.admission()).isEqualTo(Admission.ADMIT);
    }

    @Test
    void aFullQueueIsOnlyItsOwnListenersConcern() {
        Port main = new Port("main", 1).held(20).answering(50);
        Port second = new Port("second", 1).held(5);
        second.queue(6, 5);

        after(2);

        assertThat(main.watch.state().refusal()).isNull();
        assertThat(second.watch.state().refusal()).isEqualTo(RefusalCounters.Reason.ACCEPT_QUEUE);
        assertThat(engine.snapshot().refusal()).isNull();
    }

    @Test
    void aSmallSecondListenerThatIsStuckNeverTakesHealthDown() {
        Port main = new Port("main", 1).held(1).answering(1);
        Port second = new Port("second", 1).held(4);
        after(5);
        second.hang();

        assertThat(downAfter(300)).isZero();
        assertThat(second.watch.state().requestsStalled()).isTrue();
        assertThat(main.watch.state().requestsStalled()).isFalse();
    }

    @Test
    void aStuckMainListenerIsDownBesideAnIdleOneAndOneThatIsAskedForNumbersNowAndThen() {
        Port main = new Port("main", 1).held(30).answering(40);
        new Port("admin", 1).answering(0.2);
        after(60);
        main.hang();

        assertThat(after(11).verdict().up()).isFalse();
        assertThat(engine.snapshot().verdict().reason()).contains("WORK_DELAY of main-0");
        // And stays: that nobody comes any more makes it no smaller.
        assertThat(after(15).verdict().up()).isFalse();
    }

    @Test
    void oneLoopOfFourThatIsStuckIsAQuarterOfTheWeightAndRefusesNobody() {
        Port main = new Port("main", 4).held(100).answering(100);
        after(5);
        main.hangs[0] = true;

        GuardSnapshot snapshot = after(20);

        assertThat(snapshot.verdict().up()).isTrue();
        assertThat(snapshot.verdict().weight()).isBetween(70, 80);
        assertThat(snapshot.level()).isEqualTo(Level.ELEVATED);
        assertThat(main.watch.state().refusal()).isNull();
        assertThat(main.work.get(0).stalled()).isTrue();
        assertThat(main.work.get(1).stalled()).isFalse();
    }

    @Test
    void aServerWhoseWorkHangsWeighsATenthLongBeforeHealthFails() {
        Port main = new Port("main", 1).held(100).answering(100);
        after(5);
        main.hang();

        GuardSnapshot snapshot = after(4);

        assertThat(snapshot.verdict().up()).isTrue();
        assertThat(snapshot.verdict().weight()).isEqualTo(10);
    }

    /** Weight that follows the load is a control loop, and swings. */
    @Test
    void anOverloadedServerWhoseWorkIsLateButEndsKeepsItsWeight() {
        Port main = new Port("main", 1).held(100).answering(100);
        after(5);
        main.delay(3_000);

        assertThat(after(30).verdict().weight()).isEqualTo(100);
        assertThat(main.watch.state().refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);
    }

    @Test
    void allLoopsThatAreStuckAreDown() {
        Port main = new Port("main", 4).held(100).answering(100);
        after(5);
        main.hang();

        assertThat(after(11).verdict().up()).isFalse();
    }

    @Test
    void aListenerWithoutAnExecutorOfItsOwnIsServedByTheSharedOnes() {
        Port main = new Port("main", 0).held(10).answering(1);
        Watch pool = new Watch(Signal.WORK_DELAY, "pool", config);
        watches.add(pool);
        pool.read(new Reading.Measured(Signal.WORK_DELAY, 12_000, 500));
        main.answering(0);

        after(11);

        assertThat(main.watch.state().refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);
        assertThat(engine.snapshot().verdict().up()).isFalse();
    }

    @Test
    void aSharedExecutorRefusesNobodyWhereListenersHaveTheirOwnAndIsAWeight() {
        Port main = new Port("main", 1).held(10).answering(1);
        for (int i = 0; i < 2; i++) {
            Watch pool = new Watch(Signal.WORK_DELAY, "pool-" + i, config);
            watches.add(pool);
            pool.read(new Reading.Measured(Signal.WORK_DELAY, i * 12_000L, 500));
        }

        after(11);

        assertThat(main.watch.state().refusal()).isNull();
        assertThat(engine.snapshot().verdict().weight()).isEqualTo(50);
    }

    @Test
    void whoFailedOpenServes() {
        Port main = new Port("main", 1).held(10).answering(10);
        after(5);
        main.hang();
        assertThat(after(12).verdict().up()).isFalse();
        assertThat(main.watch.state().refusal()).isEqualTo(RefusalCounters.Reason.WORK_DELAY);

        assertThat(after(30).verdict().up()).isTrue();
        assertThat(main.watch.state().refusal()).isNull();
        assertThat(main.watch.state().requestsStalled()).isFalse();
        assertThat(main.work.get(0).stalled()).isFalse();
        assertThat(engine.snapshot().refusal()).isNull();
        assertThat(engine.snapshot().requestsStalled()).isFalse();
        after(30);
        assertThat(engine.snapshot().verdict().up()).isTrue();
        assertThat(engine.snapshot().verdict().weight()).isEqualTo(100);
    }

    @Test
    void workThatIsLateButEndsIsNoReasonToLeave() {
        Port main = new Port("main", 1).held(200).answering(20);
        after(5);
        main.delay(15_000);

        assertThat(downAfter(60)).isZero();
        assertThat(main.watch.state().requestsStalled()).isTrue();
    }

    @Test
    void isBackWithTheFirstWorkThatEnds() {
        Port main = new Port("main", 1).held(200).answering(20);
        after(5);
        main.hang();
        assertThat(after(12).verdict().up()).isFalse();

        main.answering(20);
        assertThat(after(0.2).verdict().up()).isTrue();
    }

    /** Hangs for 12 s every 30 s: 198 s of DOWN once, 172 s of it with nothing wrong any more. */
    @Test
    void eightHangsCostTheirOwnTimeAndTwoChecksEach() {
        Port main = new Port("main", 1).held(200).answering(20);
        after(30);
        double down = 0;
        double downWithoutCause = 0;
        for (int i = 0; i < 8; i++) {
            main.hang();
            down += downAfter(12);
            main.recover(20);
            double extra = downAfter(18);
            down += extra;
            downWithoutCause += extra;
            assertThat(engine.snapshot().verdict().weight()).isEqualTo(100);
        }

        assertThat(down).isGreaterThan(8);
        assertThat(downWithoutCause).isLessThan(8 * 4);
    }

    @Test
    void requestsThatWaitTooLongAreRefusedWhateverElseDecides() {
        Port main = new Port("main", 1).held(900).answering(20);
        Port closed = new Port("closed", 1);
        after(5);
        main.hang();
        after(11);
        assertThat(main.watch.state().requestsStalled()).isTrue();

        operator = "deploy";
        after(1);
        assertThat(engine.snapshot().reason()).isEqualTo("deploy");
        assertThat(main.watch.state().requestsStalled()).isTrue();
        operator = null;
        closed.accepting = false;
        after(1);
        assertThat(engine.snapshot().verdict().reason()).contains("closed does not accept");
        assertThat(main.watch.state().requestsStalled()).isTrue();
        closed.accepting = true;
        watches.get(0).read(new Reading.Measured(Signal.DESCRIPTORS, 19_998, 20_000));
        after(2);
        assertThat(engine.snapshot().leading()).isEqualTo(Signal.DESCRIPTORS);
        assertThat(main.watch.state().requestsStalled()).isTrue();
    }

    private final class Port implements ListenerCondition {
        final ListenerWatch watch;
        final List<Watch> work = new ArrayList<>();
        final boolean[] hangs;
        private final Watch queue;
        private final long[] sentAt;
        private boolean accepting = true;
        private int held;
        private double rate;
        private double completed;
        private double accepted;

        Port(String name, int executors) {
            queue = new Watch(Signal.ACCEPT_QUEUE, name, config);
            queue(0, 100);
            watch = new ListenerWatch(name, this, queue, config, 0);
            hangs = new boolean[executors];
            sentAt = new long[executors];
            for (int i = 0; i < executors; i++) {
                Watch executor = new Watch(Signal.WORK_DELAY, name + "-" + i, config);
                executor.read(new Reading.Measured(Signal.WORK_DELAY, 0, 500));
                work.add(executor);
                watch.servedBy(executor);
            }
            watches.add(1, queue);
            watches.addAll(work);
            listeners.add(watch);
            ports.add(this);
        }

        Port held(int connections) {
            held = connections;
            return this;
        }

        /** So many requests a second, each on a connection of its own. */
        Port answering(double perSecond) {
            rate = perSecond;
            return this;
        }

        void hang() {
            java.util.Arrays.fill(hangs, true);
            rate = 0;
        }

        void recover(double perSecond) {
            java.util.Arrays.fill(hangs, false);
            rate = perSecond;
        }

        void delay(long millis) {
            work.forEach(w -> w.read(new Reading.Measured(Signal.WORK_DELAY, millis, 500)));
        }

        void queue(int used, int limit) {
            queue.read(new Reading.Measured(Signal.ACCEPT_QUEUE, used, limit));
        }

        void pass() {
            completed += rate * STEP;
            accepted += rate * STEP;
            for (int i = 0; i < hangs.length; i++) {
                if (hangs[i]) {
                    sentAt[i] += Math.round(STEP * 1000);
                    work.get(i).read(new Reading.Measured(Signal.WORK_DELAY, sentAt[i], 500));
                } else if (sentAt[i] > 0) {
                    sentAt[i] = 0;
                    work.get(i).read(new Reading.Measured(Signal.WORK_DELAY, 0, 500));
                }
            }
        }

        @Override
        public boolean accepting() {
            return accepting;
        }

        @Override
        public long accepts() {
            return (long) accepted;
        }

        @Override
        public int held() {
            return held;
        }

        @Override
        public long completed() {
            return (long) completed;
        }
    }

    private final List<Port> ports = new ArrayList<>();

    private GuardSnapshot after(double seconds) {
        downAfter(seconds);
        return engine.snapshot();
    }

    /** Seconds of DOWN in so many. */
    private double downAfter(double seconds) {
        double down = 0;
        for (int i = 0; i < Math.round(seconds / STEP); i++) {
            time += STEP;
            ports.forEach(Port::pass);
            engine.step(watches, listeners, 60, false, operator, 0, Math.round(time * 1e9));
            down += engine.snapshot().verdict().up() ? 0 : STEP;
        }
        return down;
    }
}
