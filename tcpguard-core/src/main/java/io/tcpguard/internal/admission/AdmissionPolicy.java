/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Network;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Method;
import io.tcpguard.state.RefusalCounters.Reason;
import io.tcpguard.state.RefusalCounters.Stage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Decides about each accepted connection, by one comparison against the exact count. At the admission threshold connections are a cache:
 * the new connection takes the place of the one that is idle longest, or is refused.
 */
public final class AdmissionPolicy {
    /** A source is unfair when it holds twice its equal share: chance alone makes small differences. */
    private static final int SOURCES_TOLD = 10;

    private static final double UNFAIR = 2;

    /** Closes of one sample, so that it does not take long. */
    private static final int EVICTED_AT_ONCE = 16;

    private static final long RECENTLY = TimeUnit.SECONDS.toNanos(1);
    private static final long FORGET_EVERY = TimeUnit.MINUTES.toNanos(10);
    /** A third of what a kubelet's probe waits by default (timeoutSeconds: 1): it waits in the same queue as everybody. */
    private static final long LONGEST_WAIT_OF_ALLOWED = TimeUnit.MILLISECONDS.toNanos(300);

    /** So long after the last of them nobody of theirs is expected any more; probes come once a minute or more often. */
    private static final long ALLOWED_EXPECTED = TimeUnit.MINUTES.toNanos(5);

    private static final long SETTLE_EVERY = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LEARN_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<GuardSnapshot> snapshots;
    private final CoarseClock clock;
    private final RefusalCounters shed;
    private final ClientModel clients;
    private final Precedence precedence;
    private final ProxySearch proxies;
    private final ConnectionTable table;
    private final DescriptorHeadroom room;
    private final DescriptorCeiling descriptors;
    private final PlaceCeiling process;
    private final ListenerCounts ofNoListener = new ListenerCounts();
    private final List<ListenerPlaces> listeners = new CopyOnWriteArrayList<>();
    private final ResetBudget resets;
    private final Evictions evictions;
    private final List<Network> allow;
    private final boolean reclaim;
    private final boolean fairness;
    private final boolean behindProxy;
    private final long fixedFloor;
    private final long longestStep;
    private final DecisionLog decisions = new DecisionLog();
    private final RefusedSources refused = new RefusedSources();
    private final RateLimitedLog trouble =
            new RateLimitedLog(LoggerFactory.getLogger(AdmissionPolicy.class), TimeUnit.MINUTES.toNanos(1));

    private volatile boolean open;
    private volatile boolean allowedComeHere;
    private volatile long allowedAt;
    private volatile long sampledAt;
    private long pauses;
    private long settledAt;
    private long learnedAt;
    private long forgotAt;

    /**
     * @param count descriptors open now; negative if not known
     * @param snapshots the newest snapshot
     * @param resets what is left for resets, of all causes
     */
    public AdmissionPolicy(
            GuardConfig config,
            LongSupplier count,
            Supplier<GuardSnapshot> snapshots,
            CoarseClock clock,
            RefusalCounters shed,
            ResetBudget resets,
            long now) {
        this.snapshots = snapshots;
        this.clock = clock;
        this.shed = shed;
        fixedFloor = config.nanos(Setting.IDLE_FLOOR);
        clients = ClientModel.empty(config.nanos(Setting.QUEUE_WAIT), clock, shed);
        precedence = new Precedence(clients.history());
        table = new ConnectionTable(clients, fixedFloor);
        proxies = new ProxySearch(table);
        room = new DescriptorHeadroom(count);
        descriptors = new DescriptorCeiling(room, table);
        process = new PlaceCeiling(table, table::size);
        this.resets = resets;
        evictions = new Evictions(config, clients, shed, resets, decisions, now);
        allow = config.networks(Setting.ALLOW);
        reclaim = config.flag(Setting.RECLAIM);
        behindProxy = config.flag(Setting.BEHIND_PROXY);
        fairness = config.flag(Setting.FAIRNESS) && !behindProxy;
        longestStep = config.staleAfterNanos();
        sampledAt = now;
        settledAt = now;
        learnedAt = now;
        forgotAt = now;
    }

    /** Until this is called, and after it was called with false, everybody is admitted. */
    public void setEnabled(boolean decide) {
        open = decide;
    }

    /** Once a sample, on the sampler thread. */
    public void sampled(Capacity capacity, Level level, long now) {
        long step = now - sampledAt;
        advance(now);
        if (capacity.known()) {
            room.update(capacity.refusalPoint(), capacity.reserve(), capacity.used());
            evictions.sampled(capacity);
        } else {
            room.update(Long.MAX_VALUE, 0, -1);
        }
        if (level.atLeast(Level.ELEVATED) && now - settledAt >= SETTLE_EVERY) {
            settledAt = now;
            table.settle(clock.nanos());
            for (int i = 0; i < listeners.size(); i++) {
                ListenerPlaces places = listener(i);
                if (places != null) {
                    places.table().settle(clock.nanos());
                }
            }
        }
        clients.pace().sampled(step, now);
        turn(step, now);
        if (now - learnedAt >= LEARN_EVERY) {
            learnedAt = now;
            learn(level, now);
        }
        if (level.atLeast(Level.SHED)) {
            forgotAt = now;
        } else if (now - forgotAt >= FORGET_EVERY) {
            forgotAt = now;
            clients.forget();
        }
    }

    private void learn(Level level, long now) {
        allowedComeHere = allowedComeHere && now - allowedAt < ALLOWED_EXPECTED;
        clients.update(level.atLeast(Level.SHED) || shedWithin(LEARN_EVERY, null, now));
        if (fairness && !level.atLeast(Level.ELEVATED)) {
            proxies.calmSecond();
        }
    }

    /** Where slots are scarce, those that were had for too long are asked for. */
    private void turn(long step, long now) {
        long bound = clients.tenure().nanos();
        for (int i = 0; i < listeners.size(); i++) {
            ListenerPlaces places = listener(i);
            if (places != null) {
                turn(places.counts().turns, shedWithin(RECENTLY, places, now) ? bound : TenureEstimator.NONE, step);
            }
        }
        turn(ofNoListener.turns, shedWithin(RECENTLY, null, now) ? bound : TenureEstimator.NONE, step);
    }

    private void turn(Turns turns, long bound, long step) {
        turns.sampled(bound, evictions.perSecond(), step);
    }

    /** By its index, for a loop that allocates nothing; null if it was the last one, and has gone meanwhile. */
    private @Nullable ListenerPlaces listener(int index) {
        try {
            return listeners.get(index);
        } catch (IndexOutOfBoundsException gone) {
            return null;
        }
    }

    /** A pause of the process or of its machine makes nobody idle: what came meanwhile has not been read yet. */
    private void advance(long now) {
        long step = now - sampledAt;
        pauses += Math.max(0, step - longestStep);
        sampledAt = now;
        clock.advance(now - pauses);
    }

    /** Connections in the books. */
    public int connections() {
        return table.size();
    }

    /** The places of a listener that comes under guard, to be given to {@link #accept} and {@link #open}. */
    public ListenerPlaces newListener() {
        ListenerPlaces places = new ListenerPlaces(new ConnectionTable(clients, fixedFloor));
        listeners.add(places);
        return places;
    }

    /** It is watched no more; its connections stay in the books until they close. */
    public void forget(ListenerPlaces listener) {
        listeners.remove(listener);
    }

    /** From the sampler: as many connections as the process may hold, whatever its descriptors. */
    public void most(long connections) {
        process.most((int) Math.min(Integer.MAX_VALUE, connections));
    }

    /** From the sampler, while memory is exhausted: evicts who is idle beyond what the process may hold, a few each time. */
    public void evictBeyond(long now) {
        GuardSnapshot snapshot = snapshots.get();
        // Counted once: who is closed leaves the books later, on a thread of its own.
        long beyond = Math.min(EVICTED_AT_ONCE, process.excess() - 1);
        for (int i = 0; open && reclaim && i < beyond; i++) {
            process.shed(now);
            if (!evictions.one(process, snapshot, Reason.CONNECTIONS, now)) {
                return;
            }
        }
    }

    /** Whether a new connection was refused or took another's place for want of a descriptor within the last this many nanoseconds. */
    public boolean shedWithin(long nanos, long now) {
        return descriptors.shedWithin(nanos, now);
    }

    private boolean shedWithin(long nanos, @Nullable ListenerPlaces listener, long now) {
        return descriptors.shedWithin(nanos, now)
                || process.shedWithin(nanos, now)
                || (listener != null && listener.ceiling().shedWithin(nanos, now));
    }

    /** The minimum idle time in force. */
    public long idleFloorNanos() {
        return evictions.idleFloorNanos();
    }

    /** For how long a new connection may wait in the accept queue, by what clients bear. */
    public long queueWaitNanos() {
        return allowedComeHere
                ? Math.min(LONGEST_WAIT_OF_ALLOWED, clients.patience().nanos())
                : clients.patience().nanos();
    }

    /** Whether clients that are never refused may be in the queue behind a refused one, and that one can be reset if need be. */
    public boolean hurriesForAllowed() {
        return allowedComeHere && !behindProxy;
    }

    /** Whether this source is one that is never refused. Any thread, no lock. */
    public boolean allowed(@Nullable InetAddress source) {
        return source != null && !allow.isEmpty() && Network.anyContains(allow, source);
    }

    /** How many refused connections may be held for an answer: all that the limit has left, but for the untouched. */
    public int roomForAnswers(int heldNow) {
        Capacity capacity = snapshots.get().capacity();
        if (!capacity.known()) {
            return heldNow + 1;
        }
        // Counted now: a burst hands in dozens within the millisecond that an older count may be old.
        long used = room.countNow();
        return used < 0
                ? heldNow + 1
                : (int) Math.max(
                        0, Math.min(Integer.MAX_VALUE, heldNow + capacity.limit() - capacity.untouched() - used));
    }

    /** Takes an admitted connection into the books. */
    public ConnectionHandle open(@Nullable InetAddress source, ListenerPlaces listener, ConnectionCloser closer) {
        return table.open(
                source, shedWithin(RECENTLY, listener, sampledAt), listener.counts(), listener.table(), closer);
    }

    /** The same where there is no listener to count for. */
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return table.open(source, shedWithin(RECENTLY, null, sampledAt), ofNoListener, null, closer);
    }

    /** Whether a connection that the server closes first may be reset, because places for TIME_WAIT are short; takes it from the budget. */
    public boolean mayReset(long now) {
        return evictions.mayReset(snapshots.get(), now);
    }

    /** Whether one that can't be answered, since there is no room for it, may be reset; takes it from the budget. */
    public boolean mayResetForWantOfRoom(long now) {
        return resets.take(snapshots.get().capacity(), now);
    }

    /** Who holds most connections, and who was refused most in the last minute or two: a sentence each. For a person who asks. */
    public List<String> sources(long now) {
        List<String> sentences = new ArrayList<>();
        String holders = table.holders(SOURCES_TOLD);
        if (!holders.isEmpty()) {
            sentences.add("most connections are held by " + holders);
        }
        String most = refused.most(SOURCES_TOLD, now);
        if (!most.isEmpty()) {
            sentences.add("refused most in the last two minutes: " + most);
        }
        clients.tell(sentences, now);
        return sentences;
    }

    /** Tells the log at DEBUG of a request that is refused. */
    public void tellRefusedRequest(@Nullable InetAddress source, long now) {
        decisions.refusedRequest(source, now);
    }

    /** Counts a refused request. */
    public void countRefusedRequest() {
        shed.count(Stage.REQUEST, Method.ANSWER, Reason.WORK_DELAY);
    }

    /**
     * The decision about a connection just accepted; its descriptor is part of the exact count already. Trouble inside admits.
     *
     * @param atListener why new connections of this listener are refused, or must not wait; null: they are not
     * @param listener whose places it wants; null: no listener counts its own
     * @param queue where it can wait; null: it can't
     * @param canAnswer whether the one who asks can answer, asked if that is to be the way; else it is closed
     */
    public Admission accept(
            @Nullable InetAddress source,
            boolean stale,
            @Nullable Reason atListener,
            @Nullable ListenerPlaces listener,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        try {
            return decide(source, stale, stale ? null : atListener, listener, queue, canAnswer, now);
        } catch (RuntimeException | Error e) {
            // At the limit the JDK throws Errors (InternalError, NoClassDefFoundError): no reason to cut an acceptor.
            trouble.warn("tcpguard: a decision failed, and the connection is admitted", e, now);
            return Admission.ADMIT;
        }
    }

    /** The same where no listener counts its own places. */
    public Admission accept(
            @Nullable InetAddress source,
            boolean stale,
            @Nullable Reason atListener,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        return accept(source, stale, atListener, null, queue, canAnswer, now);
    }

    /** The same for one that can't wait and can be answered, at a listener that has no trouble of its own. */
    public Admission accept(@Nullable InetAddress source, boolean stale, long now) {
        return accept(source, stale, null, null, null, () -> true, now);
    }

    /** One that waited for a place while its listener stops: told to come back, as long as there is room for answers. */
    public Admission giveUp(BooleanSupplier canAnswer) {
        return answer(null, Reason.CONNECTIONS, canAnswer, sampledAt);
    }

    private Admission decide(
            @Nullable InetAddress source,
            boolean stale,
            @Nullable Reason atListener,
            @Nullable ListenerPlaces listener,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        if (!open) {
            return Admission.ADMIT;
        }
        GuardSnapshot snapshot = snapshots.get();
        if (allowed(source)) {
            return acceptAllowed(source, snapshot, listener, canAnswer, now);
        }
        if (atListener == Reason.WORK_DELAY) {
            // A free descriptor is no reason to come in.
            return whileWorkIsLate(source, snapshot, queue, canAnswer, now);
        }
        boolean filesRunOut = !stale && snapshot.refusal() == Reason.SYSTEM_FILES;
        // While there is shedding, a place that a leaving client frees is not for those who hold more than their share
        // already: they try most often, so they would get nearly all of them.
        boolean shedding = shedWithin(RECENTLY, listener, now);
        Ceiling crowded = shedding ? unfairAt(snapshot, listener, source) : null;
        if (crowded != null) {
            return behindTheOthers(crowded, snapshot, source, stale ? null : queue, canAnswer, now);
        }
        SourceRank rank = shedding ? rank(source) : SourceRank.UNKNOWN;
        boolean back = shedding && standsBack(rank, snapshot, listener, now);
        if (back && rank == SourceRank.BAD) {
            return refusedByRank(source, rank, snapshot, listener, canAnswer, now);
        }
        // Who stands back takes the slot of an idle one, if there is any, and leaves the free ones.
        Ceiling full = back ? scarcest(listener) : full(listener, now);
        if (!filesRunOut && full == null) {
            if (shedding) {
                precedence.decided(rank, true, now);
            }
            return Admission.ADMIT;
        }
        crowded = shedding ? null : unfairAt(snapshot, listener, source);
        if (crowded != null) {
            return behindTheOthers(crowded, snapshot, source, stale ? null : queue, canAnswer, now);
        }
        Ceiling at = full == null ? descriptors : full;
        Reason cause = filesRunOut ? Reason.SYSTEM_FILES : atListener == null ? causeOf(at, snapshot) : atListener;
        // A late sampler does not see for how long they wait; and in a full queue nobody waits any more, unless it is
        // so short that it is full of those who wait for a place.
        if (!shedding) {
            rank = rank(source);
        }
        boolean mayWait = !stale
                && queue != null
                && (atListener == null || queue.isShort())
                && !back
                && (!ranked() || precedence.mayWait(rank, now));
        Admission decision = atTheRefusalPoint(source, at, snapshot, cause, mayWait ? queue : null, canAnswer, now);
        if (cause == Reason.CONNECTIONS) {
            told(source, rank, decision, listener, now);
        }
        return decision;
    }

    private boolean ranked() {
        return fairness && !proxies.proxied();
    }

    private SourceRank rank(@Nullable InetAddress source) {
        return ranked() ? clients.history().rank(source, table) : SourceRank.UNKNOWN;
    }

    private boolean standsBack(SourceRank rank, GuardSnapshot snapshot, @Nullable ListenerPlaces listener, long now) {
        long limit = ResetBudget.limit(snapshot.capacity());
        return precedence.standsBack(rank, scarcest(listener).free(), limit, now);
    }

    private Ceiling scarcest(@Nullable ListenerPlaces listener) {
        Ceiling least = descriptors.free() <= process.free() ? descriptors : process;
        return listener == null || least.free() <= listener.ceiling().free() ? least : listener.ceiling();
    }

    private Admission refusedByRank(
            @Nullable InetAddress source,
            SourceRank rank,
            GuardSnapshot snapshot,
            @Nullable ListenerPlaces listener,
            BooleanSupplier canAnswer,
            long now) {
        Admission decision = refuse(source, snapshot, Reason.CONNECTIONS, canAnswer, now);
        told(source, rank, decision, listener, now);
        return decision;
    }

    /** Who came in or not for want of a slot. */
    private void told(
            @Nullable InetAddress source,
            SourceRank rank,
            Admission decision,
            @Nullable ListenerPlaces listener,
            long now) {
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

    /** The limit under which one more does not fit: where descriptors are few, theirs; null: it fits under all. */
    private @Nullable Ceiling full(@Nullable ListenerPlaces listener, long now) {
        if (!descriptors.fits(now)) {
            return descriptors;
        }
        if (listener != null && !listener.ceiling().fits(now)) {
            return listener.ceiling();
        }
        return process.fits(now) ? null : process;
    }

    @SuppressWarnings("ReferenceEquality") // one of the two that are here
    private Reason causeOf(Ceiling full, GuardSnapshot snapshot) {
        return full != descriptors || snapshot.capacity().takenByClients()
                ? Reason.CONNECTIONS
                : Reason.OTHER_DESCRIPTORS;
    }

    /** Comes in whatever waits and whoever holds the places, but takes none of the descriptors that nobody may take. */
    private Admission acceptAllowed(
            @Nullable InetAddress source,
            GuardSnapshot snapshot,
            @Nullable ListenerPlaces listener,
            BooleanSupplier canAnswer,
            long now) {
        allowedAt = now;
        allowedComeHere = true;
        Ceiling full = full(listener, now);
        if (full == null) {
            return Admission.ADMIT;
        }
        full.shed(now);
        boolean evicted =
                reclaim && mayOvershoot(full, snapshot) && evictions.one(full, snapshot, causeOf(full, snapshot), now);
        if (evicted || full.excess() <= full.ofTheAllowed(snapshot.capacity())) {
            return Admission.ADMIT;
        }
        return answer(source, Reason.CONNECTIONS, canAnswer, now);
    }

    /** The limit at which this source holds more than its share of what is scarce; null: nowhere. */
    private @Nullable Ceiling unfairAt(
            GuardSnapshot snapshot, @Nullable ListenerPlaces listener, @Nullable InetAddress source) {
        if (!fairness || proxies.proxied() || source == null) {
            return null;
        }
        Capacity capacity = snapshot.capacity();
        if (unfair(descriptors, capacity, source)) {
            return descriptors;
        }
        if (listener != null && unfair(listener.ceiling(), capacity, source)) {
            return listener.ceiling();
        }
        return unfair(process, capacity, source) ? process : null;
    }

    private static boolean unfair(Ceiling ceiling, Capacity capacity, InetAddress source) {
        return ceiling.scarce(capacity) && ceiling.table().holdsMoreThan(UNFAIR, source);
    }

    private Admission atTheRefusalPoint(
            @Nullable InetAddress source,
            Ceiling full,
            GuardSnapshot snapshot,
            Reason cause,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        if (cause != Reason.SYSTEM_FILES) {
            full.shed(now);
        }
        if (reclaim && !mayOvershoot(full, snapshot)) {
            evictions.makeUp(full, snapshot, cause, now);
        } else if (reclaim && evictions.one(full, snapshot, cause, now)) {
            return Admission.ADMIT;
        }
        // Back-pressure comes before the wait: wlc sends whoever would wait here to the servers that have places.
        if (resets.take(snapshot.capacity(), now)) {
            return counted(source, Admission.RESET, cause, now);
        }
        // Other servers have places, and a proxy asks them at once.
        boolean placesElsewhere = behindProxy && cause == Reason.OTHER_DESCRIPTORS;
        if (!placesElsewhere && queue != null && queue.mayWait(now)) {
            return Admission.WAIT;
        }
        return answer(source, cause, canAnswer, now);
    }

    private static boolean mayOvershoot(Ceiling full, GuardSnapshot snapshot) {
        return full.excess() <= full.bridge(snapshot.capacity());
    }

    /** Who holds more than its share may replace what it does not use itself, and gets no more by that. */
    private Admission behindTheOthers(
            Ceiling crowded,
            GuardSnapshot snapshot,
            @Nullable InetAddress source,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        crowded.shed(now);
        if (reclaim && source != null) {
            // The other half of what evictions may overshoot is for the others.
            boolean overshoot = crowded.excess() <= Math.max(1, crowded.bridge(snapshot.capacity()) / 2);
            if (overshoot && evictions.own(crowded, snapshot, source, now)) {
                return Admission.ADMIT;
            }
            if (!overshoot && queue != null && evictions.couldOwn(crowded, source) && queue.mayWait(now)) {
                // For the descriptor of one that it replaced, which comes back within milliseconds.
                return Admission.WAIT;
            }
        }
        return refuse(source, snapshot, Reason.UNFAIR_SOURCE, canAnswer, now);
    }

    /**
     * By turn, as for a slot: a hiccup is over before clients give up. One that waits counts at a director as a connection, so wlc goes
     * elsewhere; answered at once, the server would look idle and get everybody, and resets would make it look full for a quarter of
     * an hour.
     */
    private Admission whileWorkIsLate(
            @Nullable InetAddress source,
            GuardSnapshot snapshot,
            @Nullable AcceptQueueTimer queue,
            BooleanSupplier canAnswer,
            long now) {
        if (queue == null || behindProxy) {
            return refuse(source, snapshot, Reason.WORK_DELAY, canAnswer, now);
        }
        return queue.mayWait(now) ? Admission.WAIT : answer(source, Reason.WORK_DELAY, canAnswer, now);
    }

    private Admission refuse(
            @Nullable InetAddress source, GuardSnapshot snapshot, Reason cause, BooleanSupplier canAnswer, long now) {
        return resets.take(snapshot.capacity(), now)
                ? counted(source, Admission.RESET, cause, now)
                : answer(source, cause, canAnswer, now);
    }

    private Admission answer(@Nullable InetAddress source, Reason cause, BooleanSupplier canAnswer, long now) {
        boolean room = allow.isEmpty() || leavesRoomToAllowed(snapshots.get().capacity());
        return counted(source, room && canAnswer.getAsBoolean() ? Admission.RESPOND : Admission.CLOSE, cause, now);
    }

    /** Answers hold descriptors of the reserve for a moment, and so do allowed clients for long: half of it each. */
    private boolean leavesRoomToAllowed(Capacity capacity) {
        return !capacity.known() || room.excess() <= (capacity.reserve() - capacity.untouched()) / 2;
    }

    /** By the way that it will be done. */
    private Admission counted(@Nullable InetAddress source, Admission how, Reason cause, long now) {
        shed.count(Stage.ACCEPT, how == Admission.RESET ? Method.RESET : Method.ANSWER, cause);
        decisions.refused(source, how, cause, now);
        refused.add(source, now);
        return how;
    }
}
