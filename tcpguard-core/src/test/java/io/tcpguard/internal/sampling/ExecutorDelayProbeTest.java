/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ExecutorDelayProbeTest {
    private static final long MILLI = 1_000_000;

    private final Deque<Runnable> queue = new ArrayDeque<>();
    private long now;
    private final ProbeTaskPace pace = new ProbeTaskPace();
    private final ExecutorDelayProbe probe = new ExecutorDelayProbe(queue::add, 500 * MILLI, pace, () -> now);

    @Test
    void reportsHowLongItWaited() {
        read(0);
        now = 42 * MILLI;
        queue.remove().run();

        assertThat(read(60)).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 42, 500));
    }

    @Test
    void countsByItsAgeWhileItDoesNotComeBack() {
        read(0);

        assertThat(read(700)).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 700, 500));
        assertThat(read(9_000)).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 9_000, 500));
    }

    @Test
    void neverHasMoreThanOneUnderWay() {
        for (int ms = 0; ms < 5_000; ms += 20) {
            read(ms);
        }

        assertThat(queue).hasSize(1);
    }

    @Test
    void isSentNoMoreThanTenTimesASecond() {
        int sent = 0;
        for (int ms = 0; ms < 2_000; ms += 20) {
            read(ms);
            if (!queue.isEmpty()) {
                sent++;
                queue.remove().run();
            }
        }

        assertThat(sent).isBetween(19, 21);
    }

    @Test
    void isOneOfAHundredASecondHoweverManyExecutorsAreWatched() {
        List<ExecutorDelayProbe> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            all.add(new ExecutorDelayProbe(queue::add, 500 * MILLI, pace, () -> now));
        }

        assertThat(sentInTenSeconds(all)).isBetween(900, 1_100);

        all.subList(5, 64).forEach(ExecutorDelayProbe::close);
        assertThat(sentInTenSeconds(all.subList(0, 5))).isBetween(450, 550);
    }

    private int sentInTenSeconds(List<ExecutorDelayProbe> canaries) {
        int sent = 0;
        for (long end = now + 10_000 * MILLI; now < end; now += 20 * MILLI) {
            for (ExecutorDelayProbe each : canaries) {
                each.read(now);
            }
            sent += queue.size();
            queue.forEach(Runnable::run);
            queue.clear();
        }
        return sent;
    }

    @Test
    void fallsBackToWhatTheNextOneWaited() {
        read(0);
        read(3_000);
        now = 3_010 * MILLI;
        queue.remove().run();
        assertThat(read(3_020).pressure()).isGreaterThan(6);

        queue.remove().run();
        assertThat(read(3_040)).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 0, 500));
    }

    @Test
    void takesARefusalForFullyLate() {
        ExecutorDelayProbe refused = new ExecutorDelayProbe(
                task -> {
                    throw new RejectedExecutionException("full");
                },
                500 * MILLI,
                pace,
                () -> now);

        assertThat(refused.read(0).pressure()).isEqualTo(1);
        assertThat(refused.read(20 * MILLI).pressure()).isEqualTo(1);
    }

    @Test
    void hasNothingToWatchOnceTheExecutorIsShutDown() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdown();
        ExecutorDelayProbe watching = new ExecutorDelayProbe(executor, 500 * MILLI, pace, () -> now);

        assertThat(watching.read(0)).isInstanceOfSatisfying(Reading.Unavailable.class, u -> assertThat(u.cause())
                .isEqualTo(Cause.NOTHING_TO_WATCH));
    }

    @Test
    void goesWithTheQueueOfAnExecutorThatIsShutDown() {
        ExecutorService busy = Executors.newSingleThreadExecutor();
        CountDownLatch never = new CountDownLatch(1);
        busy.execute(() -> awaitOrEnd(never));
        ExecutorDelayProbe watching = new ExecutorDelayProbe(busy, 500 * MILLI, pace, () -> now);
        watching.read(0);
        assertThat(watching.read(700 * MILLI).pressure()).isGreaterThan(1);

        assertThat(busy.shutdownNow()).hasSize(1);

        assertThat(watching.read(9_000 * MILLI)).isInstanceOf(Reading.Unavailable.class);
        assertThat(watching.read(90_000 * MILLI)).isInstanceOf(Reading.Unavailable.class);
    }

    @Test
    void isSentAnewAfterAnExecutorThatFailed() {
        AtomicBoolean broken = new AtomicBoolean(true);
        ExecutorDelayProbe sent = new ExecutorDelayProbe(
                task -> {
                    if (broken.get()) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    task.run();
                },
                500 * MILLI,
                pace,
                () -> now);

        // As late as can be, and later the longer nothing is taken.
        assertThat(sent.read(0).pressure()).isEqualTo(1);
        assertThat(sent.read(11_000 * MILLI)).isEqualTo(new Reading.Measured(Signal.WORK_DELAY, 11_000, 500));
        broken.set(false);

        sent.read(20_000 * MILLI);
        assertThat(sent.returned()).isEqualTo(1);
        assertThat(sent.read(20_020 * MILLI).pressure()).isZero();
    }

    private static void awaitOrEnd(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void answersTheSameObjectWhileNothingChanges() {
        read(0);
        queue.remove().run();
        Reading first = read(20);

        assertThat(read(40)).isSameAs(first);
    }

    private Reading read(long millis) {
        now = millis * MILLI;
        return probe.read(now);
    }
}
