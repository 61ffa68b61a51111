/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.RefusalCounters.Rank;
import io.tcpguard.state.RefusalCounters.Reason;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The decision about a new connection: it is admitted, takes the slot of an idle one, waits, or is refused. A
 * descriptor's limit is compared against the exact count. Any thread.
 */
final class AdmissionDecider {
    private static final long RECENTLY = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<GuardSnapshot> snapshots;
    private final ClientModel clients;
    private final ConnectionTable table;
    private final Ceilings ceilings;
    private final AllowedClients allowed;
    private final RefusalChooser refusals;
    private final Evictions evictions;
    private final ProxySearch proxies;
    private final Precedence precedence;
    private final ListenerCounts ofNoListener;
    private final boolean reclaim;
    private final boolean fairness;
    private final boolean behindProxy;

    AdmissionDecider(
            GuardConfig config,
            Supplier<GuardSnapshot> snapshots,
            ClientModel clients,
            ConnectionTable table,
            Ceilings ceilings,
            AllowedClients allowed,
            RefusalChooser refusals,
            Evictions evictions,
            ProxySearch proxies,
            ListenerCounts ofNoListener) {
        this.snapshots = snapshots;
        this.clients = clients;
        this.table = table;
        this.ceilings = ceilings;
        this.allowed = allowed;
        this.refusals = refusals;
        this.evictions = evictions;
        this.proxies = proxies;
        this.ofNoListener = ofNoListener;
        precedence = new Precedence(clients.history());
        reclaim = config.flag(Setting.RECLAIM);
        behindProxy = config.flag(Setting.BEHIND_PROXY);
        fairness = fairness(config);
    }

    /** Whether sources are told apart by their addresses. */
    static boolean fairness(GuardConfig config) {
        return config.flag(Setting.FAIRNESS) && !config.flag(Setting.BEHIND_PROXY);
    }

    /** As {@link AdmissionPolicy#accept}. */
    Admission decide(
            @Nullable InetAddress source,
            boolean stale,
            @Nullable Reason atListener,
            @Nullable ListenerSlots listener,
            @Nullable AcceptQueueTimer queue,
            long number,
            BooleanSupplier canAnswer,
            long now) {
        GuardSnapshot snapshot = snapshots.get();
        if (allowed.contains(source)) {
            return acceptAllowed(source, snapshot, listener, canAnswer, now);
        }
        if (atListener == Reason.WORK_DELAY) {
            if (listener != null) {
                listener.workWasLate(now);
            }
            // A free descriptor is no reason to come in.
            return whileWorkIsLate(source, snapshot, queue, number, canAnswer, now);
        }
        boolean filesRunOut = !stale && snapshot.refusal() == Reason.SYSTEM_FILES;
        // While there is shedding, a slot that a leaving client frees is not for those who hold more than their share
        // already: they try most often, so they would get nearly all of them.
        boolean shedding = ceilings.shedWithin(RECENTLY, listener, now);
        Ceiling crowded = shedding ? unfairAt(snapshot, listener, source) : null;
        if (crowded != null) {
            return behindTheOthers(crowded, snapshot, source, queue, number, canAnswer, now);
        }
        Rank rank = shedding ? rank(source) : Rank.UNKNOWN;
        boolean back = shedding && standsBack(rank, snapshot, listener, now);
        if (back && rank == Rank.KNOWN_BAD) {
            return refusedByRank(source, rank, snapshot, listener, canAnswer, now);
        }
        // Who stands back takes the slot of an idle one, if there is any, and leaves the free ones.
        Ceiling full = back ? ceilings.scarcest(listener) : ceilings.full(listener, now);
        if (!filesRunOut && full == null) {
            if (!stale && ceilings.process().growsTooFast() && queue != null && queue.mayWaitForAMoment(number, now)) {
                return Admission.WAIT;
            }
            if (shedding) {
                precedence.decided(rank, true, now);
            }
            return Admission.ADMIT;
        }
        crowded = shedding ? null : unfairAt(snapshot, listener, source);
        if (crowded != null) {
            return behindTheOthers(crowded, snapshot, source, queue, number, canAnswer, now);
        }
        Ceiling at = full == null ? ceilings.descriptors() : full;
        Reason cause =
                filesRunOut ? Reason.SYSTEM_FILES : atListener == null ? ceilings.causeOf(at, snapshot) : atListener;
        // In a full queue nobody waits any more, unless it is so short that it is full of those who wait for a slot. A
        // late sampler is no reason to refuse: a server without guard lets them wait, too.
        if (!shedding) {
            rank = rank(source);
        }
        boolean mayWait = queue != null
                && (atListener == null || queue.isShort())
                && !back
                && (!ranked() || precedence.mayWait(rank, now));
        Admission decision =
                atTheThreshold(source, rank, at, snapshot, cause, mayWait ? queue : null, number, canAnswer, now);
        if (cause == Reason.CONNECTIONS) {
            if (decision != Admission.ADMIT && rank != Rank.KNOWN_BAD) {
                at.wentWithout(now);
            }
            told(source, rank, decision, listener, now);
        }
        return decision;
    }

    private boolean ranked() {
        return fairness && !proxies.proxied();
    }

    private Rank rank(@Nullable InetAddress source) {
        return ranked() ? clients.history().rank(source, table) : Rank.UNKNOWN;
    }

    private boolean standsBack(Rank rank, GuardSnapshot snapshot, @Nullable ListenerSlots listener, long now) {
        long limit = ResetBudget.limit(snapshot.capacity());
        return precedence.standsBack(rank, ceilings.scarcest(listener).free(), limit, now);
    }

    private Admission refusedByRank(
            @Nullable InetAddress source,
            Rank rank,
            GuardSnapshot snapshot,
            @Nullable ListenerSlots listener,
            BooleanSupplier canAnswer,
            long now) {
        Admission decision = refusals.refuse(source, snapshot, Reason.CONNECTIONS, canAnswer, now);
        told(source, rank, decision, listener, now);
        return decision;
    }

    /** Who came in or not for want of a slot. */
    private void told(
            @Nullable InetAddress source, Rank rank, Admission decision, @Nullable ListenerSlots listener, long now) {
        if (decision != Admission.ADMIT) {
            (listener == null ? ofNoListener : listener.counts()).turns.wanted();
        }
        if (decision != Admission.WAIT) {
            precedence.decided(rank, decision == Admission.ADMIT, now);
            if (decision != Admission.ADMIT) {
                clients.history().refused(source, rank, table);
            }
        }
    }

    /** Comes in whatever waits and whoever holds the slots, but takes none of the descriptors that nobody may take. */
    private Admission acceptAllowed(
            @Nullable InetAddress source,
            GuardSnapshot snapshot,
            @Nullable ListenerSlots listener,
            BooleanSupplier canAnswer,
            long now) {
        allowed.came(now);
        Ceiling full = ceilings.full(listener, now);
        if (full == null) {
            return Admission.ADMIT;
        }
        full.shed(now);
        if (makesRoom(full, snapshot, ceilings.causeOf(full, snapshot), now)
                || full.excess() <= full.ofTheAllowed(snapshot.capacity())) {
            return Admission.ADMIT;
        }
        return refusals.answer(source, Reason.CONNECTIONS, canAnswer, now);
    }

    /** The limit at which this source holds more than its share of what is scarce; null: nowhere. */
    private @Nullable Ceiling unfairAt(
            GuardSnapshot snapshot, @Nullable ListenerSlots listener, @Nullable InetAddress source) {
        return !fairness || proxies.proxied() || source == null
                ? null
                : ceilings.crowdedBy(source, snapshot.capacity(), listener);
    }

    private Admission atTheThreshold(
            @Nullable InetAddress source,
            Rank rank,
            Ceiling full,
            GuardSnapshot snapshot,
            Reason cause,
            @Nullable AcceptQueueTimer queue,
            long number,
            BooleanSupplier canAnswer,
            long now) {
        if (cause != Reason.SYSTEM_FILES) {
            full.shed(now);
        }
        if (makesRoom(full, snapshot, cause, now)) {
            return Admission.ADMIT;
        }
        // Back-pressure comes before the wait: wlc sends whoever would wait here to the servers that have slots.
        boolean spared = queue != null && cause == Reason.CONNECTIONS && precedence.sparedFromReset(rank, now);
        Admission reset = spared ? null : refusals.reset(source, snapshot, cause, now);
        if (reset != null) {
            return reset;
        }
        // Other servers have slots, and a proxy asks them at once.
        boolean slotsElsewhere = behindProxy && cause == Reason.OTHER_DESCRIPTORS;
        if (!slotsElsewhere && queue != null && queue.mayWait(number, now)) {
            return Admission.WAIT;
        }
        return refusals.answer(source, cause, canAnswer, now);
    }

    /** Whether the longest-idle connection went for this one; beyond what may be passed one goes for nobody. */
    private boolean makesRoom(Ceiling full, GuardSnapshot snapshot, Reason cause, long now) {
        if (reclaim && !Ceilings.mayOvershoot(full, snapshot)) {
            evictions.makeUp(full, snapshot, cause, now);
            return false;
        }
        return reclaim && evictions.one(full, snapshot, cause, now);
    }

    /**
     * A source that holds more than its share may evict what it does not use itself, and gets no more by that. But what
     * is idle longest is then young again: while others find no slot there, that is for sources known as good alone.
     */
    private Admission behindTheOthers(
            Ceiling crowded,
            GuardSnapshot snapshot,
            @Nullable InetAddress source,
            @Nullable AcceptQueueTimer queue,
            long number,
            BooleanSupplier canAnswer,
            long now) {
        crowded.shed(now);
        boolean othersFirst = crowded.someWentWithoutWithin(RECENTLY, now) && rank(source) != Rank.KNOWN_GOOD;
        if (reclaim && source != null && !othersFirst) {
            // The other half of what evictions may overshoot is for the others.
            boolean overshoot = crowded.excess() <= Math.max(1, crowded.bridge(snapshot.capacity()) / 2);
            if (overshoot && evictions.own(crowded, snapshot, source, now)) {
                return Admission.ADMIT;
            }
            if (!overshoot && queue != null && evictions.couldOwn(crowded, source) && queue.mayWait(number, now)) {
                // For the descriptor of one that it replaced, which comes back within milliseconds.
                return Admission.WAIT;
            }
        }
        return refusals.refuse(source, snapshot, Reason.UNFAIR_SOURCE, canAnswer, now);
    }

    /**
     * By turn, as for a slot: a hiccup is over before clients give up. One that waits counts at a director as a
     * connection, so wlc goes elsewhere; answered at once, the server would look idle and get everybody, and resets
     * would make it look full for a quarter of an hour.
     */
    private Admission whileWorkIsLate(
            @Nullable InetAddress source,
            GuardSnapshot snapshot,
            @Nullable AcceptQueueTimer queue,
            long number,
            BooleanSupplier canAnswer,
            long now) {
        if (queue == null || behindProxy) {
            return refusals.refuse(source, snapshot, Reason.WORK_DELAY, canAnswer, now);
        }
        return queue.mayWait(number, now) ? Admission.WAIT : refusals.answer(source, Reason.WORK_DELAY, canAnswer, now);
    }
}
