/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Signal;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.ConnectionLimits;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.Trend;
import io.tcpguard.state.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The judgement of one cycle: readings in, one snapshot out. The same snapshot object comes back while nothing changed,
 * so a quiet guard allocates nothing. One thread at a time; knows no clock but the argument.
 */
public final class Engine {
    /** The figures of a reason are as old as that at most. */
    private static final long TODAY = TimeUnit.SECONDS.toNanos(1);

    private static final String REHEARSAL = "rehearsal: ";

    private final boolean behindProxy;
    private final VerdictKeeper keeper;
    private final DescriptorJudge descriptors;
    private final Evidence evidence = new Evidence();
    private final Serving serving = new Serving();
    private final OwnQueues queues = new OwnQueues();
    private final Sentence reason = new Sentence(TODAY);
    private final SnapshotWriter newest;
    private @Nullable Watch leader;
    private boolean rehearsal;

    /** A fresh engine: NORMAL, up. */
    public Engine(GuardConfig config, long now) {
        behindProxy = config.flag(Setting.BEHIND_PROXY);
        keeper = new VerdictKeeper(config, now);
        descriptors = new DescriptorJudge(config);
        newest = new SnapshotWriter(now);
    }

    /** The newest snapshot. */
    public GuardSnapshot snapshot() {
        return newest.snapshot();
    }

    /** What bounds connections beside descriptors, from the next cycle on. */
    public void limits(ConnectionLimits ofConnections) {
        descriptors.limits(ofConnections);
    }

    /** Whether what is read is a rehearsal, or is left from one: it is said with every reason, and teaches nothing. */
    public void rehearsal(boolean on) {
        rehearsal = on;
        keeper.rehearsal(on);
    }

    /** The process did not run for a while, just before this time: what shows now must last before it fails health. */
    public void paused(long now) {
        evidence.paused(now);
    }

    /**
     * One cycle.
     *
     * @param watches all signals, DESCRIPTORS first, each with its newest reading
     * @param listeners the guarded listeners, the main one first; their queues are among the watches
     * @param own tracked connections
     * @param shedNow whether a new connection was refused or evicted another within the last second for want of
     *     descriptors
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
        boolean resetsOnly = false;
        queues.step(watches, own, now);
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.signal() == Signal.DESCRIPTORS) {
                watch.level(descriptors.step(watch.reading(), own, shedNow, now));
            } else {
                watch.step(now);
            }
            if (queues.ofOthers(watch.signal())) {
                watch.level(Level.NORMAL);
            }
            // A proxy would take a reset for a broken server.
            resetsOnly |= watch.acts() && !behindProxy;
        }
        serving.step(watches, listeners, now);
        Level level = lead(watches);
        DownCause cause = cause(operator, listeners, level, now);
        if (cause != null && cause.kind() != DownCause.DownKind.STALLED && cause.kind() != DownCause.DownKind.JUDGED) {
            leader = null;
        }
        boolean seen = cause != null && cause.kind() != DownCause.DownKind.OPERATOR;
        if (evidence.lacks(seen, now) && snapshot().verdict().up()) {
            cause = null;
        }
        // A start is no trouble: nobody was sent here before.
        if (cause != null && cause.kind() != DownCause.DownKind.STARTING) {
            level = Level.DRAIN;
        }
        Capacity capacity = descriptors.capacity();
        if (rehearsal && cause != null && cause.kind() != DownCause.DownKind.OPERATOR) {
            cause = new DownCause(cause.kind(), REHEARSAL + cause.why());
        }
        String why = cause != null ? cause.why() : rehearsal ? REHEARSAL + why(level, now) : why(level, now);
        // Once health has failed open, the judgement of what serves is not believed.
        double serves = keeper.failedOpen() ? 1 : serving.weighs();
        Verdict verdict = keeper.step(cause, why, capacity.usableShare() * serves, observedInterval, now);
        // UP means served: what health no longer fails for is no reason to refuse.
        boolean obeyed = !keeper.failedOpen() || (cause != null && cause.kind() != DownCause.DownKind.STALLED);
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).publish(obeyed);
        }
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            watch.publish(obeyed && watch.level() == Level.DRAIN);
        }
        RefusalCounters.Reason refusal = refusal(watches, obeyed);
        boolean requestsStalled = obeyed && serving.allRequestsStalled();
        return newest.write(
                watches,
                listeners,
                level,
                leadingSignal(),
                why,
                capacity,
                verdict,
                refusal,
                requestsStalled,
                resetsOnly,
                descriptors.trend(),
                rehearsal,
                now);
    }

    /** Which signal decides, and the level that it asks for. */
    private Level lead(List<Watch> watches) {
        leader = null;
        Level level = Level.NORMAL;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            Level asked = asked(watch);
            boolean rather = asked == level
                    && leader != null
                    && watch.signal() == Signal.WORK_DELAY
                    && (leader.signal() == Signal.WORK_DELAY
                            ? watch.reading().pressure() > leader.reading().pressure()
                            // Then nobody comes in, whatever is free.
                            : asked == Level.SHED && serving.allLate());
            if (asked.compareTo(level) > 0 || rather) {
                level = asked;
                leader = watch;
            }
        }
        return level;
    }

    /** One executor of several that is late is no reason to refuse, and one that is stuck no reason to leave. */
    private Level asked(Watch watch) {
        Level level = watch.level();
        if (watch.signal() != Signal.WORK_DELAY || !level.atLeast(Level.SHED)) {
            return level;
        }
        if (level == Level.DRAIN && serving.tooLittle()) {
            return Level.DRAIN;
        }
        return serving.anyLate() ? Level.SHED : Level.ELEVATED;
    }

    private @Nullable DownCause cause(@Nullable String operator, List<ListenerWatch> listeners, Level level, long now) {
        if (operator != null) {
            return new DownCause(DownCause.DownKind.OPERATOR, operator);
        }
        for (int i = 0; i < listeners.size(); i++) {
            if (!listeners.get(i).accepting()) {
                return listeners.get(i).whyNot();
            }
        }
        if (serving.tooLittle()) {
            ListenerWatch unaccepted = Serving.unaccepted(listeners);
            if (unaccepted != null) {
                return unaccepted.whyNot();
            }
        }
        Watch leading = leader;
        if (level != Level.DRAIN || leading == null) {
            return null;
        }
        DownCause.DownKind kind =
                leading.signal() == Signal.WORK_DELAY ? DownCause.DownKind.STALLED : DownCause.DownKind.JUDGED;
        return new DownCause(kind, why(level, now));
    }

    private String why(Level level, long now) {
        Watch watch = leader;
        if (watch == null) {
            return "no pressure";
        }
        Trend.Kind grows = descriptors.trend().kind();
        if (reason.stands(watch, level, grows, now)) {
            return reason.text();
        }
        return reason.say(watch, level, grows, sentence(watch), now);
    }

    private String sentence(Watch watch) {
        return watch.signal() == Signal.DESCRIPTORS ? descriptors.sentence(watch.level()) : watch.sentence();
    }

    /**
     * Why new connections are refused right now wherever they come; what descriptors allow is decided exactly at each
     * accept.
     */
    private RefusalCounters.@Nullable Reason refusal(List<Watch> watches, boolean obeyed) {
        if (obeyed && serving.allLate()) {
            return RefusalCounters.Reason.WORK_DELAY;
        }
        RefusalCounters.Reason found = null;
        for (int i = 0; i < watches.size(); i++) {
            Watch watch = watches.get(i);
            if (watch.level().atLeast(Level.SHED)) {
                if (watch.signal() == Signal.SYSTEM_FILES) {
                    return RefusalCounters.Reason.SYSTEM_FILES;
                }
                if (watch.signal() == Signal.DESCRIPTORS) {
                    found = descriptors.cause();
                }
                // A listener's is its own matter.
                if (watch.signal() == Signal.CONNECTIONS && watch.source().isEmpty() && found == null) {
                    found = RefusalCounters.Reason.CONNECTIONS;
                }
            }
        }
        return found;
    }

    private @Nullable Signal leadingSignal() {
        return leader == null ? null : leader.signal();
    }
}
