package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was read in one cycle into one snapshot. The same snapshot object comes back while nothing changed, so a quiet guard
 * allocates nothing. One thread at a time; knows no clock but the argument.
 */
public final class Engine {
    private final VerdictKeeper keeper;
    private final DescriptorJudge descriptors;
    private final Evidence evidence = new Evidence();
    private GuardSnapshot snapshot;
    private String levelReason = "";
    private Trend.Kind reasonTrend = Trend.Kind.CALM;
    private @Nullable Watch leader;

    /** A fresh engine: NORMAL, up. */
    public Engine(GuardConfig config, long now) {
        keeper = new VerdictKeeper(config, now);
        descriptors = new DescriptorJudge(config);
        snapshot = GuardSnapshot.starting(now);
    }

    /** The newest snapshot. */
    public GuardSnapshot snapshot() {
        return snapshot;
    }

    /** Where the descriptors are going, by the last cycle; the same object while nothing grows. */
    public Trend trend() {
        return descriptors.trend();
    }

    /** The process did not run for a while, just before this time: what shows now must last before it fails health. */
    public void paused(long now) {
        evidence.paused(now);
    }

    /**
     * One cycle.
     *
     * @param watches all signals, DESCRIPTORS first, each with its newest reading
     * @param listeners the guarded listeners; their queues are among the watches
     * @param own connections in the books
     * @param shedNow whether a newcomer was refused or replaced another within the last second
     * @param operator why an operator drains; null if none does
     * @param observedInterval of the health checks; 0 if not known
     */
    public GuardSnapshot step(
            List<Watch> watches,
            List<ListenerWatch> listeners,
            long own,
            boolean shedNow,
            @Nullable String operator,
            long observedInterval,
            long now) {
        leader = null;
        Level level = Level.NORMAL;
        boolean resetsOnly = false;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() == Signal.DESCRIPTORS) {
                watch.level(descriptors.step(watch.reading(), own, shedNow, now));
            } else {
                watch.step(now);
            }
            if (watch.signal() == Signal.TIME_WAIT && watch.reading().pressure() > 0.5) {
                resetsOnly = true;
            }
            if (watch.level().compareTo(level) > 0) {
                level = watch.level();
                leader = watch;
            }
        }
        DownCause cause =
                operator == null ? causeOfListeners(listeners, now) : new DownCause(DownCause.Kind.OPERATOR, operator);
        if (cause != null) {
            leader = null;
        } else if (level == Level.DRAIN && leader != null) {
            cause = new DownCause(DownCause.Kind.JUDGED, why(leader));
        }
        boolean seen = cause != null && cause.kind() != DownCause.Kind.OPERATOR;
        if (evidence.lacks(seen, now) && snapshot.verdict().up()) {
            cause = null;
        }
        // A start is no trouble: nobody was sent here before.
        if (cause != null && cause.kind() != DownCause.Kind.STARTING) {
            level = Level.DRAIN;
        }
        Capacity capacity = descriptors.capacity();
        String reason = cause == null ? reason(level) : cause.why();
        Verdict verdict = keeper.step(cause, reason, capacity.usableShare(), observedInterval, now);
        publish(watches, level, reason, capacity, verdict, admission(watches), resetsOnly, now);
        return snapshot;
    }

    private static @Nullable DownCause causeOfListeners(List<ListenerWatch> listeners, long now) {
        DownCause first = null;
        for (int i = 0; i < listeners.size(); i++) {
            ListenerWatch listener = listeners.get(i);
            if (!listener.serves(now) && first == null) {
                first = listener.whyNot();
            }
        }
        return first;
    }

    private String reason(Level level) {
        Trend.Kind grows = descriptors.trend().kind();
        boolean toldOfGrowth = grows == reasonTrend || level != Level.TRIM;
        if (level == snapshot.level()
                && snapshot.leading() == leadingSignal()
                && toldOfGrowth
                && !levelReason.isEmpty()) {
            return levelReason;
        }
        reasonTrend = grows;
        levelReason = leader == null ? "no pressure" : why(leader);
        return levelReason;
    }

    private String why(Watch watch) {
        if (watch.signal() == Signal.DESCRIPTORS) {
            return switch (watch.level()) {
                case DRAIN -> descriptors.why();
                case SHED ->
                    descriptors.explainedByConnections()
                            ? "descriptors are full of connections: newcomers replace idle ones, wait or are refused"
                            : "descriptors are taken by something other than connections: newcomers replace idle ones, wait or are refused";
                case TRIM -> descriptors.withTrend("descriptors come near the limit");
                case NORMAL -> "no pressure";
            };
        }
        String what = watch.source().isEmpty() ? watch.signal().name() : watch.signal() + " of " + watch.source();
        return watch.reading() instanceof Reading.Measured m
                ? what + " is at " + m.used() + " of " + m.limit() + " "
                        + watch.signal().unit()
                : what;
    }

    /** The worst of what asks for refusal right now; the descriptors' own refusals are decided exactly at each accept. */
    private static Admission admission(List<Watch> watches) {
        Admission answer = Admission.ADMIT;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (!watch.level().atLeast(Level.SHED)) {
                continue;
            }
            switch (watch.signal()) {
                case WORK_DELAY, ACCEPT_QUEUE -> {
                    return Admission.RESET;
                }
                case DESCRIPTORS, SYSTEM_FILES -> answer = Admission.RESPOND;
                case LISTEN_DROPS, TIME_WAIT, ORPHANS, TCP_MEMORY, CONNTRACK, EPHEMERAL_PORTS -> {
                    // Their ceiling is TRIM.
                }
            }
        }
        return answer;
    }

    private @Nullable Signal leadingSignal() {
        return leader == null ? null : leader.signal();
    }

    @SuppressWarnings("ReferenceEquality") // all parts are reused while they don't change
    private void publish(
            List<Watch> watches,
            Level level,
            String reason,
            Capacity capacity,
            Verdict verdict,
            Admission admission,
            boolean resetsOnly,
            long now) {
        boolean same = level == snapshot.level()
                && leadingSignal() == snapshot.leading()
                && reason.equals(snapshot.reason())
                && capacity == snapshot.capacity()
                && verdict == snapshot.verdict()
                && admission == snapshot.admission()
                && resetsOnly == snapshot.resetsOnly()
                && watches.size() == snapshot.signals().size();
        for (int i = 0; same && i < watches.size(); i++) {
            same = watches.get(i).state() == snapshot.signals().get(i);
        }
        if (same) {
            return;
        }
        List<SignalState> states = new ArrayList<>(watches.size());
        for (Watch watch : watches) {
            states.add(watch.state());
        }
        snapshot = new GuardSnapshot(
                level,
                leadingSignal(),
                reason,
                capacity,
                verdict,
                admission,
                resetsOnly,
                states,
                level == snapshot.level() ? snapshot.levelSinceNanos() : now);
    }
}
