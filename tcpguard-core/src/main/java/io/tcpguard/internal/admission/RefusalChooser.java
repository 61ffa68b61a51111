/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.spi.ReplyBudget;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.net.InetAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a connection is refused, by reset, by an answer or by a close, and the count of who was. Any thread. */
final class RefusalChooser {
    private static final int SOURCES_TOLD = 10;

    private final Supplier<GuardSnapshot> snapshots;
    private final RefusalCounters shed;
    private final DescriptorHeadroom room;
    private final ResetBudget resets;
    private final AllowedClients allowed;
    private final DecisionLog decisions;
    private final RefusedSources refused = new RefusedSources();

    RefusalChooser(
            Supplier<GuardSnapshot> snapshots,
            RefusalCounters shed,
            DescriptorHeadroom room,
            ResetBudget resets,
            AllowedClients allowed,
            DecisionLog decisions) {
        this.snapshots = snapshots;
        this.shed = shed;
        this.room = room;
        this.resets = resets;
        this.allowed = allowed;
        this.decisions = decisions;
    }

    /** By reset where the budget has one left, else by an answer. */
    Admission refuse(
            @Nullable InetAddress source, GuardSnapshot snapshot, Reason cause, BooleanSupplier canAnswer, long now) {
        Admission reset = reset(source, snapshot, cause, now);
        return reset == null ? answer(source, cause, canAnswer, now) : reset;
    }

    /** By an answer where there is room for one, else by a close. */
    Admission answer(@Nullable InetAddress source, Reason cause, BooleanSupplier canAnswer, long now) {
        boolean room = leavesRoomToAllowed(snapshots.get().capacity());
        return counted(source, room && canAnswer.getAsBoolean() ? Admission.RESPOND : Admission.CLOSE, cause, now);
    }

    /** By reset, if the budget has one left; null: it has none. */
    @Nullable Admission reset(@Nullable InetAddress source, GuardSnapshot snapshot, Reason cause, long now) {
        return resets.take(snapshot.capacity(), now) ? counted(source, Admission.RESET, cause, now) : null;
    }

    /** Answers hold descriptors of the reserve for a moment, and so do allowed clients for long: half of it each. */
    private boolean leavesRoomToAllowed(Capacity capacity) {
        return allowed.none() || !capacity.known() || room.excess() <= (capacity.reserve() - capacity.keptFree()) / 2;
    }

    /** By the way that it will be done. */
    private Admission counted(@Nullable InetAddress source, Admission how, Reason cause, long now) {
        shed.count(Stage.ACCEPT, how == Admission.RESET ? Method.RESET : Method.ANSWER, cause);
        decisions.refused(source, how, cause, now);
        refused.add(source, now);
        return how;
    }

    /**
     * How many refused connections may be held for an answer: the descriptors that are free, but for those that are
     * kept free.
     */
    int roomForAnswers(int heldNow) {
        Capacity capacity = snapshots.get().capacity();
        // Counted now: a burst hands in dozens within the millisecond that an older count may be old.
        return !leavesRoomToAllowed(capacity)
                ? 0
                : ReplyBudget.room(capacity, capacity.known() ? room.countNow() : -1, heldNow);
    }

    /** A request was refused: told to the log at DEBUG. */
    void tellRequest(@Nullable InetAddress source, long now) {
        decisions.refusedRequest(source, now);
    }

    void countRequest() {
        shed.count(Stage.REQUEST, Method.ANSWER, Reason.WORK_DELAY);
    }

    RefusedSources sources() {
        return refused;
    }

    /** Who was refused most in the last minute or two, as a sentence; empty if nobody was. */
    String most(long now) {
        String most = refused.most(SOURCES_TOLD, now);
        return most.isEmpty() ? "" : "refused most in the last two minutes: " + most;
    }
}
