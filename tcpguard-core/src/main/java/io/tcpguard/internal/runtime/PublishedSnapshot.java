package io.tcpguard.internal.runtime;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The newest snapshot, how old it is, and what an operator said. One thread publishes; any thread reads, each time by one or two
 * volatile reads. Outlives a run of the guard: it is there before the start and after the close.
 */
public final class PublishedSnapshot {
    private final long staleAfterNanos;
    private volatile GuardSnapshot newest;
    private volatile Trend trend = Trend.CALM;
    private volatile long sampledAt;
    private volatile boolean live;
    private volatile @Nullable String drainReason;

    /** Nothing is known yet. */
    public PublishedSnapshot(GuardConfig config, long now) {
        staleAfterNanos = config.staleAfterNanos();
        newest = GuardSnapshot.starting(now);
    }

    /** From now on the snapshot is to be believed while it is young. */
    void live(boolean on) {
        live = on;
    }

    void publish(GuardSnapshot snapshot, Trend newTrend, long now) {
        newest = snapshot;
        trend = newTrend;
        sampledAt = now;
    }

    /** The newest snapshot: one volatile read. */
    public GuardSnapshot snapshot() {
        return newest;
    }

    /** Where the descriptors are going; calm if the guard does not run. */
    public Trend trend() {
        return live ? trend : Trend.CALM;
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

    /** Whether nobody may be refused by the snapshot at this time: the sampler is late by more than ten periods, or does not run. */
    public boolean staleAt(long now) {
        return !live || late(now);
    }

    private boolean late(long now) {
        return now - sampledAt > staleAfterNanos;
    }

    /** {@link #staleAt} for health: an operator's word stands, however late the sampler is. */
    public boolean staleForHealth(long now) {
        return drainReason == null && staleAt(now);
    }

    /** What health is told by: the newest snapshot, or DRAIN if an operator drains and the sampler is too late to have heard of it. */
    public GuardSnapshot told(long now) {
        GuardSnapshot snapshot = newest;
        String reason = drainReason;
        if (reason == null || !snapshot.verdict().up() || !live || !late(now)) {
            return snapshot;
        }
        return new GuardSnapshot(
                Level.DRAIN,
                null,
                reason,
                snapshot.capacity(),
                new Verdict(false, 0, reason),
                snapshot.admission(),
                snapshot.resetsOnly(),
                snapshot.signals(),
                snapshot.levelSinceNanos());
    }
}
