/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report.incident;

import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.report.incident.Episode.Moment;
import io.tcpguard.internal.report.incident.Episode.RankKind;
import io.tcpguard.internal.report.incident.Episode.RefusalKind;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Transition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last ten episodes that were worth telling, in bounded memory: the last changes of each. {@link #record} is
 * for one thread, the one that hears of transitions; {@link #calmAt} for the sampler's; {@link #episodes} for any.
 */
public final class FlightRecorder {
    private static final int EPISODES = 10;
    /** Who was refused longer before an episode is no part of it. */
    private static final long BEFOREHAND = TimeUnit.SECONDS.toNanos(10);

    private final int room;
    private final Supplier<TcpCounts> kernel;

    /** Replaced whole by the one writer. */
    private volatile Kept kept = new Kept(List.of(), null);

    /**
     * What was counted a while before: two of them, so that the older one is never younger than that. The sampler's.
     */
    private volatile @Nullable Moment before;

    private @Nullable Moment lately;

    /** The end of the last episode; the writer's own. */
    private @Nullable Moment ended;

    /**
     * What is there to tell.
     *
     * @param over the oldest first
     * @param current the one that goes on, worth telling or not yet; null while it is calm
     */
    private record Kept(List<Episode> over, @Nullable Episode current) {}

    /**
     * A recorder without any episode, to be made before its guard refuses anybody.
     *
     * @param room changes to keep of each episode, 2 or more; one that has more loses those after its first
     * @param kernel asked at each change
     * @throws IllegalArgumentException if there is no room for a beginning and an end
     */
    public FlightRecorder(int room, Supplier<TcpCounts> kernel) {
        if (room < 2) {
            throw new IllegalArgumentException("room=" + room + " (expected: 2 or more)");
        }
        this.room = room;
        this.kernel = kernel;
    }

    /**
     * Takes a change down. The first one away from calm begins a new episode. Health that is not up yet while nothing
     * is wrong is a start, and begins none.
     *
     * @param nowNanos on the guard's clock
     * @param shed the guard's counts, read here and now
     * @param waited the guard's count of connections that had to wait for a slot
     * @return the episode that ended by this change, if it is worth telling
     */
    public Optional<Episode> record(Transition transition, long nowNanos, RefusalCounters shed, long waited) {
        Kept old = kept;
        if (old.current() == null && transition.after().level() == Level.NORMAL) {
            return Optional.empty();
        }
        Moment moment = moment(transition.after(), nowNanos, shed, waited);
        Episode current = old.current() == null
                ? new Episode(transition.before(), List.of(sinceCalm(moment)), 0)
                : longer(old.current(), moment);
        if (!current.over()) {
            kept = new Kept(old.over(), current);
            return Optional.empty();
        }
        ended = moment;
        kept = new Kept(current.serious() ? with(old.over(), current) : old.over(), null);
        return current.serious() ? Optional.of(current) : Optional.empty();
    }

    /** The oldest one is dropped, but never the worst. */
    private static List<Episode> with(List<Episode> over, Episode newest) {
        List<Episode> all = new ArrayList<>(over);
        all.add(newest);
        if (all.size() > EPISODES) {
            Episode worst = worst(all).orElseThrow();
            all.remove(all.get(0).equals(worst) ? 1 : 0);
        }
        return List.copyOf(all);
    }

    /** The worst of them, the newest of its equals. */
    public static Optional<Episode> worst(List<Episode> episodes) {
        List<Episode> newestFirst = new ArrayList<>(episodes);
        Collections.reverse(newestFirst);
        return newestFirst.stream().min(Episode.worstFirst());
    }

    /** Nothing is wrong at this time. Once in a while it takes down what was counted until then. */
    public void calmAt(GuardSnapshot snapshot, long nowNanos, RefusalCounters shed, long waited) {
        Moment newest = lately;
        if (newest == null || nowNanos - newest.atNanos() >= BEFOREHAND) {
            before = newest;
            lately = new Moment(nowNanos, snapshot, counts(shed), ranks(shed), waited, Map.of());
        }
    }

    /** Who was refused in the seconds before the first change was heard of belongs to the episode. */
    private Moment sinceCalm(Moment first) {
        Moment since = later(before, ended);
        return since == null
                ? new Moment(first.atNanos(), first.snapshot(), Map.of(), Map.of(), 0, first.kernel())
                : new Moment(
                        first.atNanos(),
                        first.snapshot(),
                        since.refused(),
                        since.ranks(),
                        since.waited(),
                        first.kernel());
    }

    private static @Nullable Moment later(@Nullable Moment one, @Nullable Moment other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.atNanos() - other.atNanos() > 0 ? one : other;
    }

    /**
     * Those that are worth telling, the oldest first. One that goes on is the last, and counts up to now.
     *
     * @param snapshot the newest
     * @param nowNanos on the guard's clock
     * @param shed the guard's counts, read here and now
     * @param waited the guard's count of connections that had to wait for a slot
     */
    public List<Episode> episodes(GuardSnapshot snapshot, long nowNanos, RefusalCounters shed, long waited) {
        Kept known = kept;
        if (known.current() == null) {
            return known.over();
        }
        Episode current = known.current().upTo(moment(snapshot, nowNanos, shed, waited));
        if (!current.serious()) {
            return known.over();
        }
        List<Episode> all = new ArrayList<>(known.over());
        all.add(current);
        return all;
    }

    private Moment moment(GuardSnapshot snapshot, long nowNanos, RefusalCounters shed, long waited) {
        return new Moment(
                nowNanos,
                snapshot,
                counts(shed),
                ranks(shed),
                waited,
                kernel.get().known());
    }

    /** The first moment stays: what was counted before the episode is subtracted by it. */
    private Episode longer(Episode old, Moment moment) {
        List<Moment> moments = new ArrayList<>(old.moments());
        boolean full = moments.size() == room;
        if (full) {
            moments.remove(1);
        }
        moments.add(moment);
        return new Episode(old.before(), moments, old.lost() + (full ? 1 : 0));
    }

    private static Map<RankKind, Long> ranks(RefusalCounters shed) {
        Map<RankKind, Long> counts = new HashMap<>();
        for (RefusalCounters.Rank rank : RefusalCounters.Rank.values()) {
            counts.put(new RankKind(rank, true), shed.of(rank, true));
            counts.put(new RankKind(rank, false), shed.of(rank, false));
        }
        return counts;
    }

    private static Map<RefusalKind, Long> counts(RefusalCounters shed) {
        Map<RefusalKind, Long> counts = new HashMap<>();
        for (RefusalCounters.Stage stage : RefusalCounters.Stage.values()) {
            for (RefusalCounters.Method method : RefusalCounters.Method.values()) {
                for (RefusalCounters.Reason reason : RefusalCounters.Reason.values()) {
                    long count = shed.of(stage, method, reason);
                    if (count > 0) {
                        counts.put(new RefusalKind(stage, method, reason), count);
                    }
                }
            }
        }
        return counts;
    }
}
