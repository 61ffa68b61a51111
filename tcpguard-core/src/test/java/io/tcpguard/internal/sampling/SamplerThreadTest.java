/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Snapshots;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class SamplerThreadTest {

    @Test
    void goesOnWhateverTheCycleThrows() throws InterruptedException {
        CountDownLatch cycles = new CountDownLatch(3);
        try (SamplerThread sampler = new SamplerThread(1_000_000, now -> {
            cycles.countDown();
            throw new InternalError("errno: 24");
        })) {
            sampler.start();

            assertThat(cycles.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void goesOnWhenItIsInterrupted() throws InterruptedException {
        CountDownLatch cycles = new CountDownLatch(5);
        try (SamplerThread sampler = new SamplerThread(1_000_000, now -> {
            Thread.currentThread().interrupt();
            cycles.countDown();
        })) {
            sampler.start();

            assertThat(cycles.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoComesDuringARestWaitsForNoSample() {
        long second = TimeUnit.SECONDS.toNanos(1);
        AtomicLong now = new AtomicLong();
        AtomicLong cycles = new AtomicLong();
        SampleRest rest = new SampleRest(1_000_000, 0.8, new CoarseClock(0, now::get), () -> 0, now::get);
        GuardSnapshot calm = Snapshots.calm();
        LongConsumer cycle = real -> {
            cycles.incrementAndGet();
            // A second of calm goes by with each sample.
            rest.sampled(calm, now.addAndGet(second));
        };
        try (SamplerThread sampler = new SamplerThread(1_000_000, cycle, rest)) {
            sampler.start();
            long undisturbed = nanosOfRests(2, rest, cycles, false);
            long ended = nanosOfRests(20, rest, cycles, true);

            // As long as they last, twenty would take ten times as long as two.
            assertThat(ended).isLessThan(5 * undisturbed);
        }
    }

    private static long nanosOfRests(int rests, SampleRest rest, AtomicLong cycles, boolean disturbed) {
        long start = System.nanoTime();
        for (int i = 0; i < rests; i++) {
            Await.until("it rests", rest::on);
            long before = cycles.get();
            if (disturbed) {
                rest.end();
            }
            Await.until("it samples", () -> cycles.get() > before);
        }
        return System.nanoTime() - start;
    }

    @Test
    void aRestIsEndedByClose() {
        AtomicLong now = new AtomicLong();
        SampleRest rest = new SampleRest(1_000_000, 0.8, new CoarseClock(0, now::get), () -> 0, now::get);
        GuardSnapshot calm = Snapshots.calm();
        SamplerThread sampler = new SamplerThread(
                1_000_000, real -> rest.sampled(calm, now.addAndGet(TimeUnit.SECONDS.toNanos(1))), rest);
        sampler.start();
        Await.until("it rests", rest::on);

        sampler.close();

        assertThat(rest.on()).isFalse();
    }

    @Test
    void hasEndedWhenCloseReturns() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        Thread[] thread = new Thread[1];
        SamplerThread sampler = new SamplerThread(1_000_000, now -> {
            thread[0] = Thread.currentThread();
            started.countDown();
        });
        sampler.start();
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();

        sampler.close();

        assertThat(thread[0].isAlive()).isFalse();
        assertThat(thread[0].getName()).isEqualTo("tcpguard-sampler");
        assertThat(thread[0].isDaemon()).isTrue();
    }
}
