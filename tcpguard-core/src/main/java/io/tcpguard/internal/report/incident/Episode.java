package io.tcpguard.internal.report.incident;

import io.tcpguard.internal.probe.KernelCounter;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Shed;
import java.util.List;
import java.util.Map;

/**
 * A time of trouble: from the first change away from calm to the one that ended it, or to the newest if it goes on.
 *
 * @param before the snapshot in force when it began
 * @param moments the changes in order, at least one
 * @param lost changes at its beginning that the recorder had no room for
 */
public record Episode(GuardSnapshot before, List<Moment> moments, long lost) {

    /**
     * Refuses nonsense.
     *
     * @throws IllegalArgumentException if there is no moment
     */
    public Episode {
        moments = List.copyOf(moments);
        if (moments.isEmpty()) {
            throw new IllegalArgumentException("moments=[] (expected: at least one)");
        }
    }

    /**
     * One change.
     *
     * @param atNanos when, on the guard's clock
     * @param snapshot what was in force from then on
     * @param refused what was shed from the guard's start until then
     * @param waited how many had been made to wait for a place until then
     * @param kernel what the kernel had counted until then; what is not known is missing
     */
    public record Moment(
            long atNanos,
            GuardSnapshot snapshot,
            Map<Refusal, Long> refused,
            long waited,
            Map<KernelCounter, Long> kernel) {

        /** Copies the maps. */
        public Moment {
            refused = Map.copyOf(refused);
            kernel = Map.copyOf(kernel);
        }
    }

    /**
     * A kind of refusal.
     *
     * @param layer where in a connection's life
     * @param way how
     * @param cause why
     */
    public record Refusal(Shed.Layer layer, Shed.Way way, Shed.Cause cause) {}

    /** True if calm has returned. */
    public boolean over() {
        return calm(last().snapshot());
    }

    /** Nanoseconds from its first change to its last. */
    public long lengthNanos() {
        return last().atNanos() - first().atNanos();
    }

    Moment first() {
        return moments.get(0);
    }

    Moment last() {
        return moments.get(moments.size() - 1);
    }

    /** The highest level that was entered. */
    Level peak() {
        return moments.stream()
                .map(m -> m.snapshot().level())
                .max(Level::compareTo)
                .orElseThrow();
    }

    static boolean calm(GuardSnapshot snapshot) {
        return snapshot.level() == Level.NORMAL && snapshot.verdict().up();
    }
}
