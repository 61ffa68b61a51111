/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.state;

import io.tcpguard.signal.Signal;
import io.tcpguard.state.RefusalCounters.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the guard knows at one moment. Immutable; a new one is published only when something changed, so its
 * identity says "nothing new".
 *
 * @param level the level in force
 * @param leading the signal that decides the level; null at NORMAL or when an operator or a listener decides
 * @param reason one line for a person, with the figures of the last second
 * @param capacity how the descriptors are used
 * @param verdict what the load balancer is told
 * @param admission what {@code TcpGuard.admit()} answers
 * @param refusal why new connections are refused wherever they come; null: they are not, or only at some listeners
 * @param requestsStalled whether requests are refused wherever they come, because work waits too long
 * @param resetsOnly true while closes should leave no TIME_WAIT behind: by a reset, as far as the budget for resets
 *     goes
 * @param trend where the descriptors are going
 * @param listeners what is done at each listener
 * @param signals one entry for each signal and source, in the order of {@link Signal}
 * @param levelSinceNanos when the level was entered, on the guard's clock
 * @param rehearsal whether level, reason and verdict are those of a {@linkplain io.tcpguard.TcpGuard#rehearse
 *     rehearsal}, or what is left of one: nobody is in trouble
 */
public record GuardSnapshot(
        Level level,
        @Nullable Signal leading,
        String reason,
        Capacity capacity,
        Verdict verdict,
        Admission admission,
        @Nullable Reason refusal,
        boolean requestsStalled,
        boolean resetsOnly,
        Trend trend,
        List<ListenerState> listeners,
        List<SignalState> signals,
        long levelSinceNanos,
        boolean rehearsal) {

    /** Copies the lists. */
    public GuardSnapshot {
        listeners = List.copyOf(listeners);
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

    /** One that refuses nobody by itself, calm, without listeners. */
    public GuardSnapshot(
            Level level,
            @Nullable Signal leading,
            String reason,
            Capacity capacity,
            Verdict verdict,
            Admission admission,
            boolean resetsOnly,
            List<SignalState> signals,
            long levelSinceNanos) {
        this(
                level,
                leading,
                reason,
                capacity,
                verdict,
                admission,
                null,
                false,
                resetsOnly,
                Trend.CALM,
                List.of(),
                signals,
                levelSinceNanos,
                false);
    }

    /**
     * True if no signal could be read, its own count of connections and the JVM's of its memory apart: but for that the
     * guard stays out of the way.
     */
    public boolean blind() {
        return signals.stream()
                .map(SignalState::reading)
                .noneMatch(r -> r instanceof io.tcpguard.signal.Reading.Measured
                        && r.signal() != Signal.CONNECTIONS
                        && r.signal() != Signal.MEMORY);
    }

    /** The same, but down, by whom is said: nothing else of what is done changes by that. */
    public GuardSnapshot drained(String why, DownBy by) {
        return new GuardSnapshot(
                Level.DRAIN,
                null,
                why,
                capacity,
                new Verdict(false, 0, why, by),
                admission,
                refusal,
                requestsStalled,
                resetsOnly,
                trend,
                listeners,
                signals,
                levelSinceNanos,
                rehearsal);
    }
}
