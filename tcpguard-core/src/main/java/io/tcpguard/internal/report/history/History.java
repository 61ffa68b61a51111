/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.history;

import io.tcpguard.internal.text.JsonText;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.SignalState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ten minutes by the second and an hour by ten seconds: 70 KB, never more. {@link #sampled} is the sampler's and
 * allocates nothing; {@link #json} is for the thread that answers questions.
 */
public final class History {
    private static final long STEP = TimeUnit.SECONDS.toNanos(1);
    private static final int STEPS_OF_THE_HOUR = 10;
    private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);
    /** A text for all who ask within that time. */
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(500);

    private static final List<RefusalCounters.Stage> STAGES =
            List.of(RefusalCounters.Stage.ACCEPT, RefusalCounters.Stage.REQUEST);
    private static final List<RefusalCounters.Method> METHODS = List.of(RefusalCounters.Method.values());
    private static final Column[] COLUMNS = Column.values();

    private final RefusalCounters refusals;
    private final LongSupplier waited;
    private final LongSupplier waits;
    private final LongSupplier waitNanos;
    private final long start;
    private final Ring minutes = new Ring(Column.count(), 600);
    private final Ring hour = new Ring(Column.count(), 360);

    // The sampler's own.
    private final int[] row = new int[Column.count()];
    private final int[] tenRows = new int[Column.count()];
    private final long[] counted = new long[Column.count()];
    private @Nullable GuardSnapshot seen;
    private long waitsBefore;
    private long nanosBefore;
    private long stepEnds;
    private int steps;

    // The asked thread's own.
    private @Nullable String text;
    private long madeAt;

    /**
     * @param refusals counted since the start
     * @param waited connections that were made to wait
     * @param waits those among them that wait no more
     * @param waitNanos how long these waited in all
     */
    public History(
            RefusalCounters refusals, LongSupplier waited, LongSupplier waits, LongSupplier waitNanos, long now) {
        this.refusals = refusals;
        this.waited = waited;
        this.waits = waits;
        this.waitNanos = waitNanos;
        waitsBefore = waits.getAsLong();
        nanosBefore = waitNanos.getAsLong();
        start = now;
        stepEnds = now + STEP;
        clear(row);
        clear(tenRows);
        for (Column column : COLUMNS) {
            if (column.counts()) {
                counted[column.ordinal()] = count(column);
            }
        }
    }

    /** After each sample. */
    @SuppressWarnings("ReferenceEquality") // the same snapshot comes back while nothing changed
    public void sampled(GuardSnapshot snapshot, long now) {
        if (snapshot != seen) {
            seen = snapshot;
            take(snapshot);
        }
        if (now - stepEnds < 0) {
            return;
        }
        for (int i = Column.WAITED.ordinal(); i < COLUMNS.length; i++) {
            long all = count(COLUMNS[i]);
            row[i] = (int) Math.min(Integer.MAX_VALUE, all - counted[i]);
            counted[i] = all;
        }
        row[Column.WAIT.ordinal()] = meanWait();
        row[Column.AT.ordinal()] = tenths(now);
        minutes.add(row);
        for (int i = 0; i < COLUMNS.length; i++) {
            tenRows[i] = COLUMNS[i].counts() ? Math.max(0, tenRows[i]) + row[i] : worse(i, tenRows[i], row[i]);
        }
        steps++;
        if (steps == STEPS_OF_THE_HOUR) {
            hour.add(tenRows);
            clear(tenRows);
            steps = 0;
        }
        clear(row);
        take(snapshot);
        // A late sampler leaves a gap.
        stepEnds = now + Math.max(stepEnds + STEP - now, STEP / 2);
    }

    private int meanWait() {
        long count = waits.getAsLong();
        long nanos = waitNanos.getAsLong();
        long ended = count - waitsBefore;
        long mean = ended > 0 ? (nanos - nanosBefore) / ended / TimeUnit.MILLISECONDS.toNanos(1) : 0;
        waitsBefore = count;
        nanosBefore = nanos;
        return (int) Math.min(Integer.MAX_VALUE, mean);
    }

    private int tenths(long now) {
        return (int) ((now - start) / TENTH);
    }

    private static void clear(int[] values) {
        Arrays.fill(values, Column.UNKNOWN);
    }

    private void take(GuardSnapshot snapshot) {
        note(Column.LEVEL, snapshot.level().ordinal());
        note(Column.UP, snapshot.verdict().up() ? 1 : 0);
        note(Column.REHEARSAL, snapshot.rehearsal() ? 1 : 0);
        Capacity capacity = snapshot.capacity();
        if (capacity.known()) {
            note(Column.USED, capacity.used());
            note(Column.LIMIT, capacity.limit());
        }
        note(Column.OWN, capacity.own());
        if (capacity.slots() != ConnectionLimits.NONE) {
            note(Column.SLOTS, capacity.slots());
        }
        List<SignalState> signals = snapshot.signals();
        long queue = Column.UNKNOWN;
        for (int i = 0; i < signals.size(); i++) {
            if (signals.get(i).reading() instanceof Reading.Measured m) {
                if (m.signal() == Signal.ACCEPT_QUEUE) {
                    queue = Math.max(0, queue) + m.used();
                } else if (m.signal() == Signal.WORK_DELAY) {
                    note(Column.DELAY, m.used());
                }
            }
        }
        note(Column.QUEUE, queue);
    }

    private void note(Column column, long value) {
        int i = column.ordinal();
        row[i] = worse(i, row[i], (int) Math.min(Integer.MAX_VALUE, value));
    }

    private static int worse(int column, int one, int other) {
        if (one == Column.UNKNOWN || other == Column.UNKNOWN) {
            return Math.max(one, other);
        }
        return COLUMNS[column].lowest() ? Math.min(one, other) : Math.max(one, other);
    }

    private long count(Column column) {
        if (column == Column.WAITED) {
            return waited.getAsLong();
        }
        if (column == Column.EVICTED) {
            return refusals.of(RefusalCounters.Stage.KEEP_ALIVE);
        }
        long sum = 0;
        RefusalCounters.Reason cause = column.cause;
        if (cause != null) {
            for (int stage = 0; stage < STAGES.size(); stage++) {
                for (int method = 0; method < METHODS.size(); method++) {
                    sum += refusals.of(STAGES.get(stage), METHODS.get(method), cause);
                }
            }
        }
        return sum;
    }

    /** Both, the oldest first; what is not known is null. One thread. */
    public String json(long now) {
        String made = text;
        if (made == null || now - madeAt >= FRESH) {
            int[] seconds = minutes.copy();
            int[] tens = hour.copy();
            made = JsonText.object(json -> json.member("now", tenths(now))
                    .object("minutes", o -> columns(o, 1, seconds))
                    .object("hour", o -> columns(o, STEPS_OF_THE_HOUR, tens)));
            text = made;
            madeAt = now;
        }
        return made;
    }

    private static void columns(JsonText json, int stepSeconds, int[] rows) {
        json.member("stepSeconds", stepSeconds);
        for (Column column : COLUMNS) {
            json.numbers(column.key(), rows.length / COLUMNS.length, i -> rows[i * COLUMNS.length + column.ordinal()]);
        }
    }
}
