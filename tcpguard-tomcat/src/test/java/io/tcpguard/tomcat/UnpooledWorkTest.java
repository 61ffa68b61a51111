/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests with a thread each, in virtual time. */
class UnpooledWorkTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int MANY = 200;

    private long now;
    private boolean grows;
    private int returned;
    private final UnpooledWork work = new UnpooledWork(Runnable::run, MANY, 10 * SECOND, within -> grows, () -> now);

    private void begin(int requests) {
        for (int i = 0; i < requests; i++) {
            work.begins();
        }
    }

    private void probe() {
        work.execute(() -> returned++);
    }

    @Test
    void letsAProbeThroughWhileFewRequestsAreInProgressHoweverOldTheyAre() {
        begin(MANY - 1);
        now = 100 * SECOND;
        probe();

        assertThat(returned).isEqualTo(1);
    }

    @Test
    void holdsAProbeBackWhileManyAreInProgressAndNoneHasEndedForLong() {
        work.look();
        begin(MANY);
        now = 9 * SECOND;
        probe();
        assertThat(returned).isEqualTo(1);

        now = 11 * SECOND;
        probe();
        work.look();
        assertThat(returned).isEqualTo(1);
    }

    @Test
    void letsItGoWithTheFirstThatEnds() {
        begin(2 * MANY);
        now = 11 * SECOND;
        probe();
        assertThat(returned).isZero();

        work.ends();
        work.look();
        assertThat(returned).isEqualTo(1);
    }

    @Test
    void takesAnAnswerThatGrowsForProgress() {
        begin(2 * MANY);
        grows = true;
        now = 11 * SECOND;
        probe();

        assertThat(returned).isEqualTo(1);
    }

    @Test
    void letsItGoOnceAnAnswerGrows() {
        begin(2 * MANY);
        now = 11 * SECOND;
        probe();
        grows = true;
        work.look();
        assertThat(returned).isZero();

        now = 12 * SECOND;
        work.look();
        assertThat(returned).isEqualTo(1);
    }

    @Test
    void isNotForPools() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new java.util.concurrent.LinkedBlockingQueue<>());
        assertThat(UnpooledWork.isUnpooled(pool)).isFalse();
        assertThat(UnpooledWork.isUnpooled(Executors.newWorkStealingPool(1))).isFalse();
        assertThat(UnpooledWork.isUnpooled(new VirtualThreadExecutor())).isTrue();
    }

    /** By the name of Tomcat's and of Spring Boot's. */
    private static final class VirtualThreadExecutor implements Executor {
        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
