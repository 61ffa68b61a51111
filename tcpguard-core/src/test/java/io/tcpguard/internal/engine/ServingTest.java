/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServingTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final GuardConfig config = GuardConfig.defaults();
    private final Serving serving = new Serving();
    private final List<Watch> watches = new ArrayList<>();
    private final List<ListenerWatch> listeners = new ArrayList<>();

    @Test
    void isAllWhereNothingIsKnown() {
        step();

        assertThat(serving.weighs()).isEqualTo(1);
        assertThat(serving.tooLittle()).isFalse();
        assertThat(serving.allLate()).isFalse();
        assertThat(serving.anyLate()).isFalse();
        assertThat(serving.allRequestsStalled()).isFalse();
    }

    @Test
    void isWhatIsNotStuckOfTheExecutors() {
        executor(12_000);
        executor(12_000);
        executor(12_000);
        executor(0);
        step();
        assertThat(serving.weighs()).isEqualTo(0.25);
        assertThat(serving.tooLittle()).as("a quarter is the least").isFalse();
        assertThat(serving.allLate()).isFalse();
        assertThat(serving.allRequestsStalled()).isFalse();

        executor(12_000);
        step();
        assertThat(serving.tooLittle()).isTrue();
    }

    @Test
    void isLateWhereAllExecutorsAre() {
        executor(700);
        executor(700);
        step();
        assertThat(serving.allLate()).isTrue();
        assertThat(serving.anyLate()).isTrue();
        assertThat(serving.allRequestsStalled()).isFalse();
        assertThat(serving.weighs()).isEqualTo(1);

        executor(0);
        step();
        assertThat(serving.allLate()).isFalse();
    }

    @Test
    void refusesRequestsWhereAllExecutorsHaveStalled() {
        executor(12_000);
        step();
        assertThat(serving.allRequestsStalled()).isTrue();

        executor(600);
        step();
        assertThat(serving.allRequestsStalled()).isFalse();
    }

    @Test
    void leavesRequestsToListenersWhereThereAreSome() {
        Watch shared = executor(12_000);
        FakeListening http = listener("http", executor(0));
        step();
        assertThat(serving.allLate()).isFalse();
        assertThat(serving.allRequestsStalled()).isFalse();
        assertThat(shared.stuck()).isTrue();
        assertThat(http.accepting).isTrue();
        assertThat(serving.weighs())
                .as("what belongs to no listener counts beside them")
                .isZero();
    }

    @Test
    void isLateOrStalledWhereEachListenerIs() {
        listener("http", executor(12_000));
        listener("admin", executor(700));
        step();
        assertThat(serving.allLate()).isTrue();
        assertThat(serving.allRequestsStalled()).isFalse();

        listeners.clear();
        listener("http", executor(12_000));
        listener("admin", executor(12_000));
        step();
        assertThat(serving.allRequestsStalled()).isTrue();
    }

    @Test
    void isLateSomewhereWhereOneListenerIs() {
        listener("http", executor(0));
        listener("admin", executor(700));
        step();

        assertThat(serving.anyLate()).isTrue();
        assertThat(serving.allLate()).isFalse();
    }

    /** Eight for the first, one for each other, and whom they hold. */
    @Test
    void isByTheTrafficOfEachListener() {
        listener("http", executor(0));
        listener("admin", executor(12_000));
        step();
        assertThat(serving.weighs()).isEqualTo(8.0 / 9);

        listeners.clear();
        FakeListening http = listener("http", executor(0));
        http.held = 2;
        FakeListening admin = listener("admin", executor(12_000));
        admin.held = 9;
        step();
        assertThat(serving.weighs()).isEqualTo(10.0 / 20);
    }

    @Test
    void countsSharedExecutorsOnceWhereAListenerHasNoneOfItsOwn() {
        executor(12_000);
        executor(0);
        listener("http");
        step();

        assertThat(serving.weighs()).isEqualTo(0.5);
    }

    @Test
    void countsBothWhereListenersHaveTheirOwn() {
        executor(12_000);
        executor(0);
        listener("http", executor(12_000), executor(0));
        step();

        assertThat(serving.tooLittle()).isFalse();
        assertThat(serving.weighs()).isEqualTo(0.25);
    }

    @Test
    void namesTheListenerWhereMostTrafficIsNotAccepted() {
        FakeListening http = listener("http");
        FakeListening admin = listener("admin");
        step();
        assertThat(Serving.unaccepted(listeners)).isNull();

        http.serving = false;
        http.held = 3;
        admin.serving = false;
        admin.held = 3;
        step();
        assertThat(Serving.unaccepted(listeners)).as("the first of equals").isSameAs(listeners.get(0));

        admin.held = 4;
        at += 2 * SECOND;
        step();
        assertThat(Serving.unaccepted(listeners)).isSameAs(listeners.get(1));
        http.serving = true;
        admin.serving = true;
        step();
        assertThat(Serving.unaccepted(listeners)).isNull();
    }

    private Watch executor(long delayMillis) {
        Watch watch = new Watch(Signal.WORK_DELAY, "pool", config);
        watch.read(new Reading.Measured(Signal.WORK_DELAY, delayMillis, 500));
        watch.step(0);
        watch.step(SECOND);
        watches.add(watch);
        return watch;
    }

    private FakeListening listener(String name, Watch... executors) {
        FakeListening listening = new FakeListening();
        ListenerWatch watch =
                new ListenerWatch(name, listening, new Watch(Signal.ACCEPT_QUEUE, name, config), config, 0);
        for (Watch executor : executors) {
            watch.servedBy(executor);
        }
        listeners.add(watch);
        return listening;
    }

    private long at = 30 * SECOND;

    private void step() {
        at += SECOND;
        serving.step(watches, listeners, at);
    }
}
