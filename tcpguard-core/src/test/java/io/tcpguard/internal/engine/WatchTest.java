/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final GuardConfig config = GuardConfig.defaults();
    private final long[] completed = {0};
    private final Watch work = new Watch(Signal.WORK_DELAY, "pool", () -> completed[0], config);

    @Test
    void isStuckUntilWorkComesBackAndAgainWhenNoneHasForTenSeconds() {
        work(12_000, 50_000);
        assertThat(work.stuck()).isTrue();

        completed[0]++;
        work(12_000, 51_000);
        assertThat(work.stuck()).isFalse();
        work(12_000, 60_999);
        assertThat(work.stuck()).isFalse();
        work(12_000, 61_000);
        assertThat(work.stuck()).isTrue();
        work(12_000, 61_001);
        assertThat(work.stuck()).as("as long as none comes back").isTrue();
    }

    @Test
    void isNotStuckWhileItIsOnlyLate() {
        work(600, 50_000);
        work(600, 60_000);

        assertThat(work.late()).isTrue();
        assertThat(work.stuck()).isFalse();
    }

    @Test
    void hangsTwoSecondsAfterTheLastThatCameBack() {
        completed[0]++;
        work(600, 50_000);
        work(600, 51_000);
        assertThat(work.hangs()).isFalse();

        work(600, 51_999);
        assertThat(work.hangs()).isFalse();
        work(600, 52_000);
        assertThat(work.hangs()).isTrue();
    }

    @Test
    void doesNotHangWhileItIsNotLate() {
        work(0, 50_000);
        work(0, 60_000);

        assertThat(work.hangs()).isFalse();
    }

    @Test
    void isTheProcesssUntilItWorksForAListener() {
        assertThat(work.ofListeners()).isFalse();
        work.joined();
        assertThat(work.ofListeners()).isTrue();
        work.left();
        assertThat(work.ofListeners()).isFalse();
    }

    @Test
    void saysWhoseItIsAndWhatItMeans() {
        work(600, 50_000);

        assertThat(work.sentence())
                .isEqualTo("WORK_DELAY of pool is at 600 of 500 milliseconds: work waits too long for a thread");
        assertThat(new Watch(Signal.WORK_DELAY, "", config).sentence())
                .isEqualTo("WORK_DELAY: work waits too long for a thread");
    }

    @Test
    void saysTheWorstWhereTheLevelOutlastsIt() {
        Watch files = new Watch(Signal.SYSTEM_FILES, "", config);
        step(files, 99, 1);
        step(files, 100, 2);
        step(files, 98, 3);
        step(files, 60, 4);
        assertThat(files.level()).isEqualTo(Level.SHED);
        assertThat(files.sentence()).isEqualTo("SYSTEM_FILES was at 100 of 100 files and is at 60 now");

        step(files, 85, 5);
        assertThat(files.sentence()).startsWith("SYSTEM_FILES is at 85 of 100 files: ");
    }

    @Test
    void forgetsTheWorstOfALevelThatIsOver() {
        Watch files = new Watch(Signal.SYSTEM_FILES, "", config);
        step(files, 100, 1);
        step(files, 10, 2);
        step(files, 10, 2_000);
        assertThat(files.level()).isEqualTo(Level.NORMAL);

        step(files, 86, 3_000);
        step(files, 82, 3_001);

        assertThat(files.sentence()).isEqualTo("SYSTEM_FILES was at 86 of 100 files and is at 82 now");
    }

    @Test
    void saysWhatIsWhereNothingWasWorse() {
        Watch files = new Watch(Signal.SYSTEM_FILES, "", config);
        step(files, 60, 1);
        assertThat(files.sentence()).startsWith("SYSTEM_FILES is at 60 of 100 files: ");
    }

    /** Nobody is refused at ELEVATED. */
    @ParameterizedTest
    @CsvSource({
        "CONNECTIONS, 'as many connections as may be', evict",
        "SYSTEM_FILES, 'come near', evict",
        "ACCEPT_QUEUE, 'fills', stays full",
        "WORK_DELAY, 'waits for a thread', too long"
    })
    void saysThatALimitComesNearAndNotWhatIsDoneThere(Signal signal, String near, String done) {
        Watch watch = new Watch(signal, "", config);
        for (int i = 0; i < 50; i++) {
            watch.read(new Reading.Measured(signal, 86, 100));
            watch.step(i * 20_000_000L);
        }
        assertThat(watch.level()).isEqualTo(Level.ELEVATED);
        assertThat(watch.sentence()).contains("at 86 of 100").contains(near).doesNotContain(done);

        for (int i = 50; i < 100; i++) {
            watch.read(new Reading.Measured(signal, 100, 100));
            watch.step(i * 20_000_000L);
        }
        assertThat(watch.level()).isEqualTo(Level.SHED);
        assertThat(watch.sentence()).contains(done);
    }

    @Test
    void aListenerThatAcceptsUnaskedIsOnlyReportedAndOnceItIsFull() {
        Watch unasked = Watch.ofUnasked("http", config);
        unasked.read(new Reading.Measured(Signal.CONNECTIONS, 99, 100));
        unasked.step(0);
        assertThat(unasked.level()).isEqualTo(Level.NORMAL);

        unasked.read(new Reading.Measured(Signal.CONNECTIONS, 100, 100));
        unasked.step(0);

        assertThat(unasked.level()).isEqualTo(Level.ELEVATED);
        assertThat(unasked.sentence()).contains("none is evicted");
    }

    @Test
    void stalledAfterIsWhatSettingsSay() {
        Watch patient = new Watch(
                Signal.WORK_DELAY, "", () -> 0, new GuardConfig(Map.of(Setting.STALLED_AFTER, Duration.ofSeconds(60))));
        patient.read(new Reading.Measured(Signal.WORK_DELAY, 59_000, 500));
        patient.step(0);
        assertThat(patient.level()).isEqualTo(Level.NORMAL);
        patient.step(500 * MILLI);
        assertThat(patient.level()).isEqualTo(Level.SHED);
        patient.read(new Reading.Measured(Signal.WORK_DELAY, 60_000, 500));
        patient.step(501 * MILLI);
        assertThat(patient.level()).isEqualTo(Level.DRAIN);
    }

    private void work(long millis, long atMillis) {
        work.read(new Reading.Measured(Signal.WORK_DELAY, millis, 500));
        work.step(atMillis * MILLI);
    }

    private static void step(Watch watch, long used, long atMillis) {
        watch.read(new Reading.Measured(watch.signal(), used, 100));
        watch.step(atMillis * MILLI);
    }
}
