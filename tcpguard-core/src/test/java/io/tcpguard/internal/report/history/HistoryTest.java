/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.testkit.Snapshots;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

    private final RefusalCounters refusals = new RefusalCounters();
    private long waited;
    private long waits;
    private long waitNanos;
    private long now = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(3);
    private final History history = new History(refusals, () -> waited, () -> waits, () -> waitNanos, now);

    private void run(double seconds, GuardSnapshot snapshot) {
        long periods = Math.round(seconds * SECOND / PERIOD);
        for (long i = 0; i < periods; i++) {
            now += PERIOD;
            history.sampled(snapshot, now);
        }
    }

    private List<String> series(String part, String column) {
        String json = history.json(now);
        int from = json.indexOf('[', json.indexOf('"' + column + "\":", json.indexOf('"' + part + "\":")));
        String numbers = json.substring(from + 1, json.indexOf(']', from));
        return numbers.isEmpty() ? List.of() : Stream.of(numbers.split(",", -1)).toList();
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(series("minutes", "used")).isEmpty();
        assertThat(series("hour", "used")).isEmpty();
    }

    @Test
    void keepsTheWorstOfEachSecond() {
        run(1, Snapshots.calm());
        run(0.5, Snapshots.at(Level.SHED, 1010));
        run(0.5, Snapshots.calm());
        run(1, Snapshots.calm());

        assertThat(series("minutes", "level")).containsExactly("0", "2", "0");
        assertThat(series("minutes", "used")).containsExactly("100", "1010", "100");
        assertThat(series("minutes", "up")).containsExactly("1", "1", "1");
    }

    @Test
    void saysDownWhereHealthWasDownForAMoment() {
        run(0.9, Snapshots.calm());
        run(0.1, Snapshots.leak("a leak"));

        assertThat(series("minutes", "up")).containsExactly("0");
    }

    @Test
    void countsRefusalsOfEachSecondByTheirCause() {
        run(1, Snapshots.calm());
        for (int i = 0; i < 7; i++) {
            refusals.count(
                    RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.UNFAIR_SOURCE);
        }
        refusals.count(RefusalCounters.Stage.REQUEST, RefusalCounters.Method.ANSWER, RefusalCounters.Reason.WORK_DELAY);
        refusals.count(
                RefusalCounters.Stage.KEEP_ALIVE, RefusalCounters.Method.ANSWER, RefusalCounters.Reason.CONNECTIONS);
        waited = 5;
        waits = 4;
        waitNanos = TimeUnit.MILLISECONDS.toNanos(1000);
        run(2, Snapshots.calm());

        assertThat(series("minutes", "UNFAIR_SOURCE")).containsExactly("0", "7", "0");
        assertThat(series("minutes", "WORK_DELAY")).containsExactly("0", "1", "0");
        assertThat(series("minutes", "CONNECTIONS")).as("an eviction is none").containsExactly("0", "0", "0");
        assertThat(series("minutes", "evicted")).containsExactly("0", "1", "0");
        assertThat(series("minutes", "waited")).containsExactly("0", "5", "0");
        assertThat(series("minutes", "wait")).as("the mean").containsExactly("0", "250", "0");
    }

    @Test
    void saysNullForWhatIsNotKnown() {
        run(1, Snapshots.of(Capacity.UNKNOWN, false));

        assertThat(series("minutes", "used")).containsExactly("null");
        assertThat(series("minutes", "queue")).containsExactly("null");
    }

    @Test
    void keepsTenMinutesAndAnHour() {
        run(2 * 3600, Snapshots.calm());

        assertThat(series("minutes", "used")).hasSize(600);
        assertThat(series("hour", "used")).hasSize(360);
        assertThat(history.json(now).length()).isLessThan(256 * 1024);
    }

    @Test
    void addsUpTenSecondsForTheHour() {
        for (int i = 0; i < 10; i++) {
            refusals.count(
                    RefusalCounters.Stage.ACCEPT, RefusalCounters.Method.RESET, RefusalCounters.Reason.CONNECTIONS);
            run(1, i == 3 ? Snapshots.at(Level.ELEVATED, 900) : Snapshots.calm());
        }

        assertThat(series("hour", "CONNECTIONS")).containsExactly("10");
        assertThat(series("hour", "used")).containsExactly("900");
        assertThat(series("hour", "level")).containsExactly("1");
    }

    @Test
    void leavesAGapForALateSampler() {
        run(2, Snapshots.calm());
        now += 30 * SECOND;
        run(2, Snapshots.calm());

        List<String> at = series("minutes", "at");
        assertThat(at).hasSizeBetween(4, 5);
        assertThat(Integer.parseInt(at.get(2)) - Integer.parseInt(at.get(1))).isGreaterThanOrEqualTo(300);
    }

    @Test
    void takesNoMoreThanItsRoomAndAllocatesNothing() {
        assertThat(Column.count() * 4 * (600 + 360 + 8)).isLessThan(256 * 1024);
        GuardSnapshot calm = Snapshots.calm();
        GuardSnapshot full = Snapshots.at(Level.SHED, 1010);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(120, calm);
        run(120, full);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 20_000; i++) {
                now += PERIOD;
                history.sampled(i % 2 == 0 ? calm : full, now);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertThat(least).isLessThan(20_000);
    }

    @Test
    void isReadWhileItIsWritten() throws InterruptedException {
        Ring ring = new Ring(3, 10);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<String> torn = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                int[] rows = ring.copy();
                for (int i = 0; i < rows.length; i += 3) {
                    boolean ordered = i == 0 || rows[i] == rows[i - 3] + 1;
                    if (rows[i] != rows[i + 1] || rows[i] != rows[i + 2] || !ordered) {
                        torn.set(rows[i] + " " + rows[i + 1] + " " + rows[i + 2]);
                    }
                }
            }
        });
        reader.start();
        for (int i = 0; i < 2_000_000; i++) {
            ring.add(new int[] {i, i, i});
        }
        done.set(true);
        reader.join();

        assertThat(torn.get()).isNull();
    }
}
