package io.tcpguard.state;

import io.tcpguard.signal.Signal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the guard knows at one moment. Immutable; a new one is published only when something changed, so its identity
 * says "nothing new".
 *
 * @param level the level in force
 * @param leading the signal that decides the level; null at NORMAL or when an operator or a listener decides
 * @param reason one line for a person
 * @param capacity how the descriptors are used
 * @param verdict what the load balancer is told
 * @param admission what {@code TcpGuard.admit()} answers
 * @param resetsOnly true while refusals and evictions must leave no TIME_WAIT behind
 * @param signals one entry for each signal and source, in the order of {@link Signal}
 * @param levelSinceNanos when the level was entered, on the guard's clock
 */
public record GuardSnapshot(
        Level level,
        @Nullable Signal leading,
        String reason,
        Capacity capacity,
        Verdict verdict,
        Admission admission,
        boolean resetsOnly,
        List<SignalState> signals,
        long levelSinceNanos) {

    /** Copies the list. */
    public GuardSnapshot {
        signals = List.copyOf(signals);
    }

    /** What is known before the first sample: nothing. NORMAL, up, admits. */
    public static GuardSnapshot starting(long now) {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "starting",
                Capacity.UNKNOWN,
                new Verdict(true, 100, "starting"),
                Admission.ADMIT,
                false,
                List.of(),
                now);
    }

    /** True if no signal could be read: the guard stays out of the way. */
    public boolean blind() {
        return signals.stream().noneMatch(s -> s.reading() instanceof io.tcpguard.signal.Reading.Measured);
    }
}
