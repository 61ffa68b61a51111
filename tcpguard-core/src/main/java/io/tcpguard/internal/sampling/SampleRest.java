/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.sampling;

import io.tcpguard.internal.admission.CoarseClock;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.internal.probe.NanoClock;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Longer sleep of the sampler while a sample would say what the last one said: health is up, every limit is far,
 * nothing grows, no work is late and nobody has come for a second. Then two samples a second are enough to see what
 * comes of itself. Whoever comes ends the rest at once: an accept, a request, a word of an operator.
 */
public final class SampleRest {
    /** A little less often than the adapters' own probes are due. */
    public static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long CALM_FOR = TimeUnit.SECONDS.toNanos(1);

    /** Descriptors that come and go in any process. */
    private static final long FEW = 8;

    /** Of a limit; the other half leaves time to see it grow. */
    private static final double FAR = 0.5;

    /** Of where ELEVATED begins, where that is early. */
    private static final double FAR_OF_ELEVATED = 0.7;

    /** Of the delay at which work is late. */
    private static final double FAR_OF_LATE = 0.25;

    /** A heap is near its end for hours, and moves only when it is collected. */
    private static final double FAR_OF_MEMORY = 0.9;

    private final double far;
    private final boolean possible;
    private final CoarseClock clock;
    private final LongSupplier activity;
    private final NanoClock time;

    // Of whoever samples, one at a time.
    private @Nullable Verdict verdict;
    private long descriptors;
    private long active;
    private long calmSince;
    private volatile boolean due;

    /** Who sleeps; null while nobody does. */
    private volatile @Nullable Thread sleeper;

    private volatile boolean roused;
    private volatile long until;

    /**
     * @param samplePeriod where it is no shorter than a rest, there is none
     * @param elevatedAt the pressure at which ELEVATED begins
     * @param clock told of each rest
     * @param activity another number whenever somebody came or was served
     * @param time what the clock goes by
     */
    public SampleRest(long samplePeriod, double elevatedAt, CoarseClock clock, LongSupplier activity, NanoClock time) {
        this.possible = samplePeriod < PERIOD;
        far = Math.min(FAR, FAR_OF_ELEVATED * elevatedAt);
        this.clock = clock;
        this.activity = activity;
        this.time = time;
        calmSince = time.nanoTime();
        until = calmSince;
        clock.wakes(this::end);
    }

    /** After each sample. One thread at a time. */
    @SuppressWarnings("ReferenceEquality") // the same verdict comes back while nothing changed
    public void sampled(GuardSnapshot snapshot, long now) {
        Capacity capacity = snapshot.capacity();
        long soFar = activity.getAsLong();
        boolean wanted = roused;
        roused = false;
        boolean moves = wanted
                || soFar != active
                || snapshot.verdict() != verdict
                || Math.abs(capacity.used() - descriptors) > FEW
                || !isCalm(snapshot);
        active = soFar;
        verdict = snapshot.verdict();
        if (moves) {
            descriptors = capacity.used();
            calmSince = now;
        }
        due = possible && now - calmSince >= CALM_FOR;
    }

    private boolean isCalm(GuardSnapshot snapshot) {
        if (snapshot.level() != Level.NORMAL
                || !snapshot.verdict().up()
                || snapshot.rehearsal()
                || !snapshot.capacity().known()
                || snapshot.trend().kind() != Trend.Kind.CALM) {
            return false;
        }
        List<SignalState> signals = snapshot.signals();
        for (int i = 0; i < signals.size(); i++) {
            SignalState state = signals.get(i);
            if (state.level() != Level.NORMAL || !isFar(state.reading())) {
                return false;
            }
        }
        return true;
    }

    private boolean isFar(Reading reading) {
        if (!(reading instanceof Reading.Measured m)) {
            return reading.pressure() == 0;
        }
        return switch (m.signal()) {
            // One that waits for an acceptor may wait in vain.
            case ACCEPT_QUEUE -> m.used() == 0;
            case WORK_DELAY -> m.pressure() < FAR_OF_LATE;
            case MEMORY -> m.pressure() < FAR_OF_MEMORY;
            default -> m.pressure() < far;
        };
    }

    /** Whether the sampler may rest, by the last sample. */
    public boolean due() {
        return due;
    }

    /**
     * The calling thread is about to sleep until {@link #over}. False, and nothing has begun, if somebody came
     * meanwhile.
     */
    public boolean begin() {
        until = time.nanoTime() + PERIOD;
        AwakeTime.quietFor(PERIOD);
        sleeper = Thread.currentThread();
        // Who came before that did not see a sleeper, but has counted.
        if (activity.getAsLong() != active) {
            over();
            return false;
        }
        clock.rest();
        return true;
    }

    /** Whether it goes on. */
    boolean on() {
        return sleeper != null;
    }

    /** The sleeper is awake. */
    void over() {
        sleeper = null;
        long now = time.nanoTime();
        clock.rested(now);
        until = now;
    }

    /**
     * Somebody came, or there is news: a sample is wanted now. Any thread; one volatile read while nobody rests;
     * allocates nothing.
     */
    public void end() {
        Thread asleep = sleeper;
        if (asleep != null) {
            roused = true;
            sleeper = null;
            until = time.nanoTime();
            clock.resume();
            LockSupport.unpark(asleep);
        }
    }

    /** When the next sample is due, if it rests; else no later than now: samples are late from then on. Any thread. */
    public long until() {
        return until;
    }
}
