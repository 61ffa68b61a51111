/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AwakeTimeTest {
    private long clock = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);
    private final AwakeTime time = new AwakeTime(() -> clock);
    private final long start = time.now();

    @Test
    void passesAsTheClockDoesWhileSomebodyLooks() {
        for (int i = 0; i < 1000; i++) {
            after(20);
        }
        assertThat(elapsedMillis()).isEqualTo(20_000);
        assertThat(time.lost()).isZero();
    }

    @Test
    void leavesAFreezeOutButForItsFirstQuarterOfASecond() {
        after(100);
        after(12_000);

        assertThat(elapsedMillis()).isEqualTo(100 + AwakeTime.COUNTED_MILLIS);
        assertThat(time.lost()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(12_000 - AwakeTime.COUNTED_MILLIS));
    }

    @Test
    void addsFreezesUpAcrossTheWrapOfItsCounters() {
        for (int i = 0; i < 60; i++) {
            clock += TimeUnit.DAYS.toNanos(1);
            time.now();
            after(20);
        }
        assertThat(elapsedMillis()).isEqualTo(60L * (20 + AwakeTime.COUNTED_MILLIS));
    }

    @Test
    void takesALongSamplePeriodForNoPause() {
        time.expect(TimeUnit.SECONDS.toNanos(1));
        for (int i = 0; i < 20; i++) {
            after(1000);
        }
        assertThat(elapsedMillis()).isEqualTo(20_000);
    }

    @Test
    void silenceThatWasAnnouncedIsNoPause() {
        for (int i = 0; i < 50; i++) {
            time.quiet(TimeUnit.MILLISECONDS.toNanos(500));
            after(520);
        }
        assertThat(elapsedMillis()).isEqualTo(50L * 520);
        assertThat(time.lost()).isZero();
    }

    @Test
    void aFreezeDuringAnAnnouncedSilenceIsLeftOutFromItsEndOn() {
        time.quiet(TimeUnit.MILLISECONDS.toNanos(500));
        after(12_000);

        assertThat(elapsedMillis()).isEqualTo(500 + AwakeTime.COUNTED_MILLIS);
    }

    @Test
    void aSilenceThatIsOverCoversNoLaterFreeze() {
        time.quiet(TimeUnit.MILLISECONDS.toNanos(500));
        after(520);
        after(12_000);

        assertThat(elapsedMillis()).isEqualTo(520 + AwakeTime.COUNTED_MILLIS);
    }

    private void after(long millis) {
        clock += TimeUnit.MILLISECONDS.toNanos(millis);
        time.now();
    }

    private long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(time.now() - start);
    }
}
