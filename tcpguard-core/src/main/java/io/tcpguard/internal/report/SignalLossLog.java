/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.report;

import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.SignalState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The log lines about signals that can't be read any more, or can again. A loss that lasts less than a second is not
 * logged, and of one signal there is at most one line a minute. For one thread.
 */
public final class SignalLossLog {
    static final long CERTAIN = TimeUnit.SECONDS.toNanos(1);
    static final long APART = TimeUnit.MINUTES.toNanos(1);

    private final Consumer<String> lost;
    private final Consumer<String> regained;
    private final List<LastSeen> signals = new ArrayList<>();
    private boolean pending = true;
    private List<SignalState> seen = List.of();

    /** One signal of one source, as it is and as it was said to be. */
    private static final class LastSeen {
        private final SignalState first;
        private boolean missing;
        private long since;
        private boolean saidMissing;
        private boolean everSaid;
        private long saidAt;

        private LastSeen(SignalState first) {
            this.first = first;
        }

        private boolean isOf(SignalState state) {
            return first.reading().signal() == state.reading().signal()
                    && first.source().equals(state.source());
        }

        private void look(Reading reading, long now) {
            // Neither a loss nor a recovery: a rate needs a second sample, a listener is not bound yet.
            boolean neither = reading instanceof Reading.Unavailable u && u.cause() == Cause.NOTHING_TO_WATCH;
            boolean isMissing = reading instanceof Reading.Unavailable;
            if (!neither && isMissing != missing) {
                missing = isMissing;
                since = now;
            }
        }

        private boolean unsaid() {
            return missing != saidMissing;
        }

        private boolean due(long now) {
            return unsaid() && now - since >= CERTAIN && (!everSaid || now - saidAt >= APART);
        }

        private void say(long now) {
            saidMissing = missing;
            everSaid = true;
            saidAt = now;
        }
    }

    /**
     * @param start what is missing there has been said already
     * @param lost told what can't be read any more, and why
     * @param regained told what can be read again
     */
    public SignalLossLog(GuardSnapshot start, Consumer<String> lost, Consumer<String> regained) {
        this.lost = lost;
        this.regained = regained;
        for (SignalState state : start.signals()) {
            LastSeen signal = new LastSeen(state);
            signal.look(state.reading(), 0);
            signal.saidMissing = signal.missing;
            signals.add(signal);
        }
    }

    /** After each sample. Allocates nothing while there is nothing to say. */
    @SuppressWarnings("ReferenceEquality") // the same list while nothing changes
    public void look(GuardSnapshot snapshot, long now) {
        List<SignalState> states = snapshot.signals();
        if (states == seen && !pending) {
            return;
        }
        seen = states;
        pending = false;
        boolean due = false;
        for (int i = 0; i < states.size(); i++) {
            LastSeen signal = lastSeenOf(states.get(i));
            signal.look(states.get(i).reading(), now);
            pending |= signal.unsaid();
            due |= signal.due(now);
        }
        if (signals.size() > states.size()) {
            signals.removeIf(signal -> states.stream().noneMatch(signal::isOf));
        }
        if (due) {
            say(states, now);
        }
    }

    private LastSeen lastSeenOf(SignalState state) {
        for (int i = 0; i < signals.size(); i++) {
            if (signals.get(i).isOf(state)) {
                return signals.get(i);
            }
        }
        LastSeen signal = new LastSeen(state);
        signals.add(signal);
        return signal;
    }

    /** All that is due in one line: if everything goes at once, it is said once. */
    private void say(List<SignalState> states, long now) {
        StringBuilder gone = new StringBuilder();
        StringBuilder back = new StringBuilder();
        for (SignalState state : states) {
            LastSeen signal = lastSeenOf(state);
            if (signal.due(now)) {
                signal.say(now);
                StringBuilder list = signal.saidMissing ? gone : back;
                list.append(list.length() == 0 ? "" : "; ").append(TransitionLog.named(state));
            }
        }
        if (gone.length() > 0) {
            lost.accept(gone.toString());
        }
        if (back.length() > 0) {
            regained.accept(back.toString());
        }
    }
}
