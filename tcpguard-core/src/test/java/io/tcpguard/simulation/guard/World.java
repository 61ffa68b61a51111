/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.simulation.guard;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.internal.probe.VirtualAwakeTime;
import io.tcpguard.internal.runtime.SteppedGuard;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** One server process with its guard, what befalls it, and what is known of it that the guard must not know. */
final class World {
    /** The clock may be negative, and passes zero; or its largest number. */
    private static final long[] ORIGINS = {-30 * Timeline.SECOND, Long.MAX_VALUE - 15 * Timeline.SECOND};

    private static final int DEEPEST = 3;

    final Timeline time = new Timeline();
    final SplittableRandom random;
    final ModelKernel kernel;
    final ModelPool pool;
    final VirtualAwakeTime awake;
    final SteppedGuard guard;
    final Witness witness;
    final List<ModelListener> listeners = new ArrayList<>();
    private final Map<FaultKind, Integer> active = new EnumMap<>(FaultKind.class);
    private final Set<FaultKind> ever = EnumSet.noneOf(FaultKind.class);
    private final Map<FaultKind, Long> endedAt = new EnumMap<>(FaultKind.class);
    final long period;
    private long leapt;
    private long frozenUntil;
    private long frozenInAll;
    private long samplerLateUntil;
    private boolean sampling;
    private int preempted;
    int refusals;

    World(GuardConfig config, long period, long limit, int threads, SplittableRandom random) {
        this.random = random;
        this.period = period;
        kernel = new ModelKernel(time, limit);
        witness = new Witness(this);
        long origin = ORIGINS[(int) (period / Timeline.MILLI / 10) % ORIGINS.length];
        awake = new VirtualAwakeTime(() -> origin + time.now() + leapt);
        pool = new ModelPool(this, threads);
        guard = new SteppedGuard(
                config, awake, this::count, new Descriptors(), () -> refusals, () -> !on(FaultKind.DIRECTOR_GONE));
        guard.watch(new Counted(Signal.TIME_WAIT, kernel::timeWait, ModelKernel.TIME_WAITS));
        guard.watch(new Counted(Signal.SYSTEM_FILES, () -> on(FaultKind.SYSTEM_FILES) ? 990 : 100, 1000));
        guard.add(transition -> {
            if (on(FaultKind.LISTENERS_THROW)) {
                throw new IllegalStateException("a listener of transitions");
            }
        });
        time.after(period, this::sample);
        time.after(Timeline.SECOND, this::lookAfterTheSampler);
    }

    /** As the thread that answers checks does, about once a second. */
    private void lookAfterTheSampler() {
        if (!postponedByFreeze(this::lookAfterTheSampler)) {
            guard.renewIfLate();
            time.after(Timeline.SECOND, this::lookAfterTheSampler);
        }
    }

    private void sample() {
        if (postponedByFreeze(this::sample)) {
            return;
        }
        if (sampling || time.now() < samplerLateUntil) {
            time.after(Math.max(Timeline.MILLI, samplerLateUntil - time.now()), this::sample);
            return;
        }
        sampling = true;
        try {
            guard.sample();
        } catch (RuntimeException | Error e) {
            witness.broken(Invariant.NOTHING_ESCAPES, "a sample threw " + e);
        }
        sampling = false;
        witness.sampled();
        time.after(period, this::sample);
    }

    /** Every access of another thread to what is shared may come in here: at no time is a lock of the guard held. */
    void preempt() {
        if (preempted < DEEPEST && on(FaultKind.PREEMPTION) && random.nextInt(6) == 0) {
            preempted++;
            time.runUntil(time.now() + random.nextInt(30) * Timeline.MILLI / 2);
            preempted--;
        }
    }

    private long count() {
        long open = on(FaultKind.COUNT_UNKNOWN) ? -1 : kernel.open();
        preempt();
        return open;
    }

    void freeze(long nanos) {
        long until = Math.max(frozenUntil, time.now() + nanos);
        frozenInAll += until - Math.max(frozenUntil, time.now());
        frozenUntil = until;
    }

    /** Time in which the process ran. */
    long ran() {
        return time.now() - frozenInAll + Math.max(0, frozenUntil - time.now());
    }

    boolean frozen() {
        return time.now() < frozenUntil;
    }

    /** For each step of the process's threads. */
    boolean postponedByFreeze(Runnable step) {
        if (!frozen()) {
            return false;
        }
        time.after(frozenUntil - time.now(), step);
        return true;
    }

    void samplerIsLate(long nanos) {
        samplerLateUntil = Math.max(samplerLateUntil, time.now() + nanos);
    }

    /** As after a machine was suspended: the clock has gone on, and nothing else. */
    void leap(long nanos) {
        leapt += nanos;
    }

    void begins(FaultKind kind) {
        active.merge(kind, 1, Integer::sum);
        ever.add(kind);
    }

    void ends(FaultKind kind) {
        active.merge(kind, -1, Integer::sum);
        endedAt.put(kind, ran());
    }

    boolean anyEver(Set<FaultKind> kinds) {
        return kinds.stream().anyMatch(ever::contains);
    }

    boolean on(FaultKind kind) {
        return active.getOrDefault(kind, 0) > 0;
    }

    boolean anyWithin(Set<FaultKind> kinds, long nanos) {
        for (FaultKind kind : kinds) {
            if (on(kind) || ran() - endedAt.getOrDefault(kind, Long.MIN_VALUE / 2) <= nanos) {
                return true;
            }
        }
        return false;
    }

    private final class Descriptors implements Probe {
        @Override
        public Signal signal() {
            return Signal.DESCRIPTORS;
        }

        @Override
        public Reading read(long now) {
            if (on(FaultKind.PROBE_THROWS)) {
                throw new InternalError("a probe");
            }
            if (on(FaultKind.COUNT_UNKNOWN)) {
                return new Reading.Unavailable(Signal.DESCRIPTORS, Cause.NOT_SUPPORTED, "no count");
            }
            long open = kernel.open();
            long limit = kernel.limit();
            preempt();
            return new Reading.Measured(Signal.DESCRIPTORS, on(FaultKind.PROBE_LIES) ? open / 2 : open, limit);
        }

        @Override
        public void close() {}
    }

    /** A counter of the machine. */
    private record Counted(Signal signal, LongSupplier used, long limit) implements Probe {
        @Override
        public Reading read(long now) {
            return new Reading.Measured(signal, used.getAsLong(), limit);
        }

        @Override
        public void close() {}
    }
}
