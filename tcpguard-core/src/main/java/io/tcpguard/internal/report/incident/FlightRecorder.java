package io.tcpguard.internal.report.incident;

import io.tcpguard.internal.probe.TcpCounts;
import io.tcpguard.internal.report.incident.Episode.Moment;
import io.tcpguard.internal.report.incident.Episode.Refusal;
import io.tcpguard.state.Shed;
import io.tcpguard.state.Transition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest episode for {@link IncidentReport}: the last changes of it, in bounded memory. {@link #record} is for one thread, the
 * one that hears of transitions; {@link #episode} for any.
 */
public final class FlightRecorder {

    private final int room;
    private final Supplier<TcpCounts> kernel;

    /** Replaced whole by the one writer. */
    private volatile @Nullable Episode newest;

    /** The end of the last episode; the writer's own. */
    private @Nullable Moment calm;

    /**
     * A recorder without any episode, to be made before its guard refuses anybody.
     *
     * @param room changes to keep, 2 or more; an episode that has more loses those after its first
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
     * Takes a change down. The first one away from calm begins a new episode and forgets the one before.
     *
     * @param nowNanos on the guard's clock
     * @param shed the guard's counts, read here and now
     * @param waited the guard's count of connections that had to wait for a place
     */
    public void record(Transition transition, long nowNanos, Shed shed, long waited) {
        Moment moment = new Moment(
                nowNanos, transition.after(), counts(shed), waited, kernel.get().known());
        Episode old = newest;
        newest = old == null || old.over()
                ? new Episode(transition.before(), List.of(sinceCalm(moment)), 0)
                : longer(old, moment);
        calm = newest.over() ? moment : calm;
    }

    /** Who was refused in the moment before the first change was heard of belongs to the episode. */
    private Moment sinceCalm(Moment first) {
        Moment before = calm;
        return before == null
                ? new Moment(first.atNanos(), first.snapshot(), Map.of(), 0, first.kernel())
                : new Moment(first.atNanos(), first.snapshot(), before.refused(), before.waited(), first.kernel());
    }

    /** The episode that goes on, else the last one that ended; empty if there was none. */
    public Optional<Episode> episode() {
        return Optional.ofNullable(newest);
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

    private static Map<Refusal, Long> counts(Shed shed) {
        Map<Refusal, Long> counts = new HashMap<>();
        for (Shed.Layer layer : Shed.Layer.values()) {
            for (Shed.Way way : Shed.Way.values()) {
                for (Shed.Cause cause : Shed.Cause.values()) {
                    long count = shed.of(layer, way, cause);
                    if (count > 0) {
                        counts.put(new Refusal(layer, way, cause), count);
                    }
                }
            }
        }
        return counts;
    }
}
