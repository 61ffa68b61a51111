/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListenerWatchTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final GuardConfig config = GuardConfig.defaults();
    private final FakeListening listening = new FakeListening();
    private final Watch queue = new Watch(Signal.ACCEPT_QUEUE, "http", config);
    private final Watch first = new Watch(Signal.WORK_DELAY, "1", config);
    private final Watch second = new Watch(Signal.WORK_DELAY, "2", config);
    private final ListenerWatch watch = new ListenerWatch("http", listening, queue, config, 50_000 * MILLI);

    @Test
    void tellsWhatItsConditionTells() {
        listening.accepts = 5;
        listening.completed = 3;
        listening.untracked = 7;
        listening.inHand = 2;

        assertThat(watch.activity()).isEqualTo(8);
        assertThat(watch.untrackedConnections()).isEqualTo(7);
        assertThat(watch.inHand()).isEqualTo(2);
    }

    @Test
    void isStalledTenSecondsAfterTheLastAcceptWhileOneWaits() {
        queue(1);
        step(50_000);
        step(59_999);
        assertThat(watch.unaccepted()).isFalse();
        step(60_000);
        assertThat(watch.unaccepted()).isTrue();
        assertThat(watch.share()).isZero();
        assertThat(watch.serves()).isFalse();

        listening.accepts++;
        step(60_001);
        assertThat(watch.unaccepted()).isFalse();
        step(70_000);
        assertThat(watch.unaccepted()).isFalse();
        step(70_001);
        assertThat(watch.unaccepted()).isTrue();
    }

    @Test
    void isNotStalledWhileItHoldsAsManyAsItsServerAllows() {
        queue(1);
        listening.full = true;
        step(50_000);
        step(70_000);

        assertThat(watch.unaccepted()).isFalse();
    }

    @Test
    void isNoMoreStalledOnceItIsForgotten() {
        queue(1);
        step(50_000);
        step(70_000);
        watch.forget();
        step(70_001);

        assertThat(watch.unaccepted()).isFalse();
        assertThat(watch.accepting()).isTrue();
    }

    @Test
    void isGivenAQuarterOfASecondToSayThatItIsClosed() {
        step(50_000);
        listening.accepting = false;
        step(50_100);
        step(50_349);
        assertThat(watch.accepting()).isTrue();

        step(50_350);
        assertThat(watch.accepting()).isFalse();
        assertThat(watch.whyNot().why()).isEqualTo("listener http does not accept");
    }

    @Test
    void isGivenItAgainAfterItAccepted() {
        step(50_000);
        listening.accepting = false;
        step(50_100);
        listening.accepting = true;
        step(50_200);
        listening.accepting = false;
        step(50_400);

        assertThat(watch.accepting()).isTrue();
    }

    @Test
    void knowsItsOwnExecutors() {
        assertThat(watch.hasItsOwn()).isFalse();
        watch.servedBy(first);
        assertThat(watch.hasItsOwn()).isTrue();
        assertThat(first.ofListeners()).isTrue();

        watch.notServedBy(second);
        assertThat(second.ofListeners()).isFalse();
        watch.notServedBy(first);
        assertThat(first.ofListeners()).isFalse();
        watch.notServedBy(first);
        first.joined();
        assertThat(first.ofListeners()).as("it left once").isTrue();
    }

    @Test
    void isLateWhereAllItsWorkIsAndTellsTheOldest() {
        watch.servedBy(first);
        watch.servedBy(second);
        assertThat(watch.delayMillis()).isEqualTo(-1);
        work(first, 700, 50_000);
        work(second, 100, 50_000);
        step(50_500);
        assertThat(watch.late()).isFalse();
        assertThat(watch.lateMillis()).isEqualTo(-1);
        assertThat(watch.delayMillis()).isEqualTo(700);

        work(second, 600, 50_500);
        step(51_000);
        assertThat(watch.late()).isTrue();
        assertThat(watch.lateMillis()).isEqualTo(700);
        assertThat(watch.requestsStalled()).isFalse();
    }

    @Test
    void refusesRequestsWhereAllItsWorkHasStalled() {
        watch.servedBy(first);
        watch.servedBy(second);
        work(first, 12_000, 50_000);
        work(second, 0, 50_000);
        step(50_000);
        assertThat(watch.requestsStalled()).isFalse();

        work(second, 12_000, 50_001);
        step(50_001);
        assertThat(watch.requestsStalled()).isTrue();
        watch.publish(true);
        assertThat(watch.state().requestsStalled()).isTrue();
        watch.publish(false);
        assertThat(watch.state().requestsStalled()).isFalse();
        assertThat(watch.state().refusal()).isNull();
    }

    @Test
    void servesWhatIsNotStuck() {
        watch.servedBy(first);
        watch.servedBy(second);
        work(first, 12_000, 50_000);
        work(second, 0, 50_000);
        step(50_000);

        assertThat(watch.share()).isEqualTo(0.5);
        assertThat(watch.weighs()).isEqualTo(0.5);
    }

    @Test
    void isNotStuckUntilNoWorkHasEndedForTenSecondsWhateverItsExecutorsSay() {
        watch.servedBy(first);
        step(50_000);
        listening.completed++;
        work(first, 12_000, 50_000);
        step(50_000);
        assertThat(watch.share()).isEqualTo(1);

        step(59_999);
        assertThat(watch.share()).isEqualTo(1);
        step(60_000);
        assertThat(watch.share()).isZero();
    }

    @Test
    void weighsATenthWhereAllHangsAndHalfAsMuchLessWhereHalfDoes() {
        watch.servedBy(first);
        watch.servedBy(second);
        listening.completed++;
        step(50_000);
        hang(first);
        step(51_999);
        assertThat(watch.weighs()).isEqualTo(1);
        step(52_000);
        assertThat(watch.weighs()).isEqualTo(0.55);

        hang(second);
        step(52_100);
        assertThat(watch.weighs()).isBetween(0.0999, 0.1001);
    }

    @Test
    void weighsWhatItsTrafficIsWhichWaitsWhileItIsLate() {
        watch.servedBy(first);
        listening.held = 6;
        step(50_000);
        assertThat(watch.traffic()).isEqualTo(6);

        hang(first);
        listening.held = 0;
        step(51_000);
        step(52_000);
        assertThat(watch.traffic()).isEqualTo(6);
    }

    @Test
    void weighsWhatItsTrafficWasWhileNobodyIsAccepted() {
        listening.held = 6;
        queue(1);
        step(50_000);
        step(60_000);
        listening.held = 0;
        step(61_000);

        assertThat(watch.unaccepted()).isTrue();
        assertThat(watch.traffic()).isEqualTo(6);
    }

    private void hang(Watch executor) {
        work(executor, 600, 49_000);
        work(executor, 600, 50_000);
        assertThat(executor.hangs()).isTrue();
    }

    private static void work(Watch executor, long millis, long atMillis) {
        executor.read(new Reading.Measured(Signal.WORK_DELAY, millis, 500));
        executor.step((atMillis - 500) * MILLI);
        executor.step(atMillis * MILLI);
    }

    private void queue(long used) {
        queue.read(new Reading.Measured(Signal.ACCEPT_QUEUE, used, 100));
    }

    private void step(long atMillis) {
        watch.step(List.of(), atMillis * MILLI);
    }
}
