/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.engine.Engine;
import io.tcpguard.state.GuardListener;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Transition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionFanoutTest {
    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final TransitionFanout fanout = new TransitionFanout(executor::add);
    private final List<Transition> told = new ArrayList<>();
    private boolean memoryIsOut;

    @Test
    void tellsEachListenerOnTheExecutor() {
        fanout.add(told::add);
        GuardSnapshot before = snapshot();
        GuardSnapshot after = snapshot();
        fanout.publish(before, after);
        assertThat(told).isEmpty();

        executor.remove().run();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).before()).isSameAs(before);
        assertThat(told.get(0).after()).isSameAs(after);
    }

    @Test
    void joinsWhatComesFasterThanItIsTaken() {
        fanout.add(told::add);
        GuardSnapshot first = snapshot();
        GuardSnapshot last = snapshot();
        fanout.publish(first, snapshot());
        fanout.publish(snapshot(), last);
        while (!executor.isEmpty()) {
            executor.remove().run();
        }

        assertThat(told).hasSize(1);
        assertThat(told.get(0).before()).isSameAs(first);
        assertThat(told.get(0).after()).isSameAs(last);
    }

    @Test
    void tellsTheOthersWhenOneListenerFails() {
        fanout.add(t -> {
            throw new IllegalStateException("a listener's own fault");
        });
        fanout.add(told::add);
        fanout.publish(snapshot(), snapshot());
        executor.remove().run();

        assertThat(told).hasSize(1);
    }

    @Test
    void tellsTheOthersWhenOneListenerFailsWithAnError() {
        fanout.add(t -> {
            throw new StackOverflowError("a listener's own fault");
        });
        fanout.add(told::add);
        fanout.publish(snapshot(), snapshot());
        executor.remove().run();

        assertThat(told).hasSize(1);
    }

    @Test
    void tellsTheOthersThoughNotEvenTheFailureCanBeLogged() {
        fanout.add(new GuardListener() {
            @Override
            public void onTransition(Transition transition) {
                throw new OutOfMemoryError("a listener's own fault");
            }

            @Override
            public String toString() {
                throw new OutOfMemoryError("nor has it a name");
            }
        });
        fanout.add(told::add);
        fanout.publish(snapshot(), snapshot());
        executor.remove().run();

        assertThat(told).hasSize(1);
    }

    @Test
    void tellsWithTheNextOneWhatTheExecutorCouldNotTake() {
        List<Runnable> taken = new ArrayList<>();
        TransitionFanout failing = new TransitionFanout(task -> {
            if (memoryIsOut) {
                throw new OutOfMemoryError("no room for a task");
            }
            taken.add(task);
        });
        failing.add(told::add);
        GuardSnapshot first = snapshot();
        GuardSnapshot last = snapshot();
        memoryIsOut = true;
        failing.publish(first, snapshot());
        memoryIsOut = false;
        failing.publish(snapshot(), last);
        taken.forEach(Runnable::run);

        assertThat(told).hasSize(1);
        assertThat(told.get(0).before()).isSameAs(first);
        assertThat(told.get(0).after()).isSameAs(last);
    }

    private static GuardSnapshot snapshot() {
        return new Engine(GuardConfig.defaults(), 0).snapshot();
    }
}
