/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.internal.io.HealthStatus;
import io.tcpguard.internal.sampling.SampleRest;
import io.tcpguard.state.DownBy;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.GuardStatus;
import io.tcpguard.state.HealthPage;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest snapshot, how old it is, and what an operator said. One thread publishes; any thread reads, each time by
 * one or two volatile reads. Outlives a run of the guard: it is there before the start and after the close.
 */
public final class PublishedSnapshot {
    private static final String NOBODY_SEES = "no sample can be taken, and the listeners don't say that they accept";

    private final long staleAfterNanos;
    private volatile GuardSnapshot newest;
    private volatile long sampledAt;
    private volatile boolean live;
    private volatile @Nullable SignalAvailability availability;
    private volatile @Nullable SampleRest rest;
    private volatile @Nullable String drainReason;

    /** Nothing is known yet. */
    public PublishedSnapshot(GuardConfig config, long now) {
        staleAfterNanos = config.staleAfterNanos();
        newest = GuardSnapshot.starting(now);
    }

    /** Who looks from now on. */
    void seenBy(SignalAvailability newAvailability) {
        availability = newAvailability;
    }

    /** Who may let the next sample wait. */
    void restsBy(SampleRest newRest) {
        rest = newRest;
    }

    /** From now on the snapshot is to be believed while it is young. */
    void live(boolean on) {
        live = on;
    }

    /** The guard was stopped: as before the first start. */
    public void forget(long now) {
        newest = GuardSnapshot.starting(now);
        drainReason = null;
    }

    void publish(GuardSnapshot snapshot, long now) {
        newest = snapshot;
        sampledAt = now;
    }

    /** The newest snapshot: one volatile read. */
    public GuardSnapshot snapshot() {
        return newest;
    }

    /** Where the descriptors are going; calm if the guard does not run. */
    public Trend trend() {
        return live ? newest.trend() : Trend.CALM;
    }

    /** Why an operator drains; null if none does. */
    @Nullable String drainReason() {
        return drainReason;
    }

    public void drain(@Nullable String reason) {
        drainReason = reason;
    }

    /** Nanoseconds since the newest sample; 0 if the guard does not run. */
    public long age(long now) {
        return live ? Math.max(0, now - sampledAt) : 0;
    }

    /**
     * Whether nobody may be refused by the snapshot at this time: the sampler is late by more than ten periods, or does
     * not run. It is not while it rests.
     */
    public boolean staleAt(long now) {
        return !live || late(now);
    }

    private boolean late(long now) {
        SampleRest quiet = rest;
        return now - sampledAt > staleAfterNanos && (quiet == null || now - quiet.until() > staleAfterNanos);
    }

    /**
     * Whether health fails open: nothing has been known for long, lest a bug takes all servers out. Not where an
     * operator drains, where a listener did not serve or does not now, nor while memory is out.
     */
    public boolean staleForHealth(long now) {
        SignalAvailability current = availability;
        if (drainReason != null || (live && current != null && !current.blind(now))) {
            return false;
        }
        boolean judged = newest.verdict().by() != DownBy.LISTENER;
        return !live || current == null || (judged && current.listenersServe());
    }

    /** To be called now and then: a late sample is taken on the calling thread. Never throws. */
    void renewIfLate(long now) {
        SignalAvailability current = availability;
        if (live && current != null) {
            current.renewIfLate(now);
        }
    }

    /**
     * What health is told by: the last word, however late the sampler is; a sample that is late by a second is taken
     * here. DRAIN if an operator drains and the sampler is too late to have heard of it, or if nobody can look at the
     * listeners any more.
     */
    public GuardSnapshot told(long now) {
        renewIfLate(now);
        GuardSnapshot snapshot = newest;
        String reason = drainReason;
        DownBy by = DownBy.OPERATOR;
        SignalAvailability current = availability;
        if (reason == null && live && current != null && current.blind(now) && !current.listenersServe()) {
            reason = NOBODY_SEES;
            by = DownBy.LISTENER;
        }
        if (reason == null || !snapshot.verdict().up() || !live || !late(now)) {
            return snapshot;
        }
        return snapshot.drained(reason, by);
    }

    /** The verdict as the health listener tells it, with its reason's figures or without. */
    public HealthPage page(boolean details, boolean json, long now) {
        return HealthStatus.page(told(now), staleForHealth(now), json, details);
    }

    /** How the guard is doing, beside its signals. */
    public GuardStatus status(RunState state, GuardCounters counters, long now) {
        HealthStatus told = HealthStatus.of(told(now), staleForHealth(now));
        return new GuardStatus(
                Duration.ofNanos(age(now)),
                Duration.ofNanos(state.idleFloorNanos()),
                Duration.ofNanos(state.queueWaitNanos()),
                counters.waited().sum(),
                counters.waits().histogram(),
                counters.connectsWithoutPort(),
                trend(),
                new Verdict(told.up(), told.weight(), told.reason(), told.by()),
                Optional.ofNullable(drainReason),
                counters.levelChanges().sum(),
                counters.healthChanges().sum(),
                state.checkers(),
                state.listeners());
    }
}
