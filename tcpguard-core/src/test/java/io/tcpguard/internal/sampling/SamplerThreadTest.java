/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
