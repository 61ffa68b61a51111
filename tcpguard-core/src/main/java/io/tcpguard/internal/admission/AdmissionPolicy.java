/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.admission;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardLog;
import io.tcpguard.spi.RateLimitedLog;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.RefusalCounters;
import io.tcpguard.state.RefusalCounters.Reason;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The decision about each accepted connection, by one comparison against the exact count. At the admission threshold
 * connections are a cache: the new connection takes the slot of the one that is idle longest, or is refused.
 */
public final class AdmissionPolicy {
    private static final int SOURCES_TOLD = 10;
    private static final long RECENTLY = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<GuardSnapshot> snapshots;
    private final ClientModel clients;
    private final ConnectionTable table;
    private final DescriptorHeadroom room;
    private final Ceilings ceilings;
    private final AllowedClients allowed;
    private final RefusalChooser refusals;
    private final AdmissionDecider decider;
    private final PolicyUpkeep upkeep;
    private final ListenerCounts ofNoListener = new ListenerCounts();
    private final List<ListenerSlots> listeners = new CopyOnWriteArrayList<>();
    private final ResetBudget resets;
    private final Evictions evictions;
    private final NoneLeft noneLeft;
    private final boolean reclaim;
    private final boolean behindProxy;
    private final long fixedFloor;
    private final RateLimitedLog trouble =
            new RateLimitedLog(GuardLog.of(AdmissionPolicy.class), TimeUnit.MINUTES.toNanos(1));

    private volatile boolean open;

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
        this.resets = resets;
        fixedFloor = config.nanos(Setting.IDLE_FLOOR);
        reclaim = config.flag(Setting.RECLAIM);
        behindProxy = config.flag(Setting.BEHIND_PROXY);
        clients = ClientModel.of(config, clock, shed);
        table = new ConnectionTable(clients, fixedFloor);
        room = new DescriptorHeadroom(count);
        ceilings = new Ceilings(room, table);
        allowed = new AllowedClients(config.networks(Setting.ALLOW));
        DecisionLog decisions = new DecisionLog();
        refusals = new RefusalChooser(snapshots, shed, room, resets, allowed, decisions);
        evictions = new Evictions(config, clients, shed, resets, decisions, now);
        noneLeft = new NoneLeft(config, snapshots, ceilings, listeners, evictions, now);
        ProxySearch proxies = new ProxySearch(table, refusals.sources());
        decider = new AdmissionDecider(
                config, snapshots, clients, table, ceilings, allowed, refusals, evictions, proxies, ofNoListener);
        upkeep = new PolicyUpkeep(
                config, clock, clients, table, ceilings, allowed, evictions, proxies, ofNoListener, listeners, now);
    }

    /** Until this is called, and after it was called with false, everybody is admitted. */
    public void setEnabled(boolean decide) {
        open = decide;
    }

    /** Once a sample, on the sampler thread. */
    public void sampled(Capacity capacity, Level level, long now) {
        if (capacity.known()) {
            room.update(capacity.admissionThreshold(), capacity.reserve(), capacity.used());
            evictions.sampled(capacity);
            noneLeft.sampled(open, capacity, now);
        } else {
            room.update(Long.MAX_VALUE, 0, -1);
        }
        upkeep.sampled(level, now);
    }

    /** Tracked connections. */
    public int connections() {
        return table.size();
    }

    /** The slots of a listener that comes under guard, to be given to {@link #accept} and {@link #open}. */
    public ListenerSlots newListener() {
        ListenerSlots slots = new ListenerSlots(new ConnectionTable(clients, fixedFloor));
        listeners.add(slots);
        return slots;
    }

    /** It is watched no more; its connections stay tracked until they close. */
    public void forget(ListenerSlots listener) {
        listeners.remove(listener);
    }

    /** From the sampler: as many connections as the process may hold, whatever its descriptors. */
    public void most(long connections) {
        ceilings.process().most((int) Math.min(Integer.MAX_VALUE, connections));
    }

    /** From the sampler: up to so many connections come in at once, and more wait until it has looked again. */
    public void atOnce(long connections) {
        ceilings.process().atOnce((int) Math.min(Integer.MAX_VALUE, connections));
    }

    /**
     * From the sampler, while memory is exhausted: evicts who is idle beyond what the process may hold, a few each
     * time.
     */
    public void evictBeyond(long now) {
        GuardSnapshot snapshot = snapshots.get();
        // Counted once: a closed connection is tracked until a thread of its own notes it.
        long beyond = Math.min(Evictions.MOST_AT_ONCE, ceilings.process().excess() - 1);
        for (int i = 0; open && reclaim && i < beyond; i++) {
            ceilings.process().shed(now);
            if (!evictions.one(ceilings.process(), snapshot, Reason.CONNECTIONS, now)) {
                return;
            }
        }
    }

    /**
     * Whether a new connection was refused or took another's slot for want of a descriptor within the last this many
     * nanoseconds.
     */
    public boolean shedWithin(long nanos, long now) {
        return ceilings.descriptors().shedWithin(nanos, now);
    }

    /** The same for want of a slot under any limit, of the process or of a listener. */
    public boolean scarceWithin(long nanos, long now) {
        if (ceilings.shedWithin(nanos, null, now)) {
            return true;
        }
        for (int i = 0; i < listeners.size(); i++) {
            ListenerSlots each = ListenerSlots.at(listeners, i);
            if (each != null && each.ceiling().shedWithin(nanos, now)) {
                return true;
            }
        }
        return false;
    }

    /** The minimum idle time in force. */
    public long idleFloorNanos() {
        return evictions.idleFloorNanos();
    }

    /** For how long a new connection may wait in the accept queue, by what clients bear. */
    public long queueWaitNanos() {
        return allowed.longestWait(clients.patience().nanos());
    }

    /**
     * Whether clients that are never refused may be in the queue behind a refused one, and that one can be reset if
     * need be.
     */
    public boolean hurriesForAllowed() {
        return allowed.expected() && !behindProxy;
    }

    /** Whether this source is one that is never refused. Any thread, no lock. */
    public boolean allowed(@Nullable InetAddress source) {
        return allowed.contains(source);
    }

    /** How many refused connections may be held for an answer: by free descriptors, but for those kept free. */
    public int roomForAnswers(int heldNow) {
        return refusals.roomForAnswers(heldNow);
    }

    /** Tracks an admitted connection. */
    public ConnectionHandle open(@Nullable InetAddress source, ListenerSlots listener, ConnectionCloser closer) {
        long now = upkeep.sampledAt();
        boolean scarce = ceilings.shedWithin(RECENTLY, listener, now);
        return table.open(
                source,
                scarce,
                scarce || listener.workWasLateWithin(RECENTLY, now),
                listener.counts(),
                listener.table(),
                closer);
    }

    /** The same where there is no listener to count for. */
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return table.open(source, ceilings.shedWithin(RECENTLY, null, upkeep.sampledAt()), ofNoListener, closer);
    }

    /**
     * Whether a connection that the server closes first may be reset, because slots for TIME_WAIT are short; takes it
     * from the budget.
     */
    public boolean mayReset(long now) {
        return evictions.mayReset(snapshots.get(), now);
    }

    /** Whether one that can't be answered, since there is no room for it, may be reset; takes it from the budget. */
    public boolean mayResetForWantOfRoom(long now) {
        return resets.take(snapshots.get().capacity(), now);
    }

    /**
     * Who holds most connections, and who was refused most in the last minute or two: a sentence each. For a person who
     * asks.
     */
    public List<String> sources(long now) {
        List<String> sentences = new ArrayList<>();
        String holders = table.holders(SOURCES_TOLD);
        if (!holders.isEmpty()) {
            sentences.add("most connections are held by " + holders);
        }
        String most = refusals.most(now);
        if (!most.isEmpty()) {
            sentences.add(most);
        }
        clients.tell(sentences, now);
        sentences.add(evictions.floorsInWords());
        return sentences;
    }

    /** Whether a request of a client behind a trusted proxy is to be refused: see {@link ForwardedClients#came}. */
    public boolean refusesForwarded(CharSequence client, long lateMillis) {
        return clients.forwarded().came(client, lateMillis);
    }

    /** The same on a connection that is all of one client's: {@link ConnectionHandle#forwardedFor}. */
    public boolean refusesForwarded(ConnectionHandle connection, long lateMillis) {
        return connection instanceof TrackedConnection one
                && clients.forwarded().came(one.client(), lateMillis);
    }

    /** Forgets what is remembered of a source and of the networks around it. Whether anything was. */
    public boolean forgetSource(InetAddress address) {
        boolean behindAProxy = clients.forwarded().forget(ForwardedClients.id(address.getHostAddress()));
        return table.forget(address) || behindAProxy;
    }

    /** Tells the log at DEBUG of a request that is refused. */
    public void tellRefusedRequest(@Nullable InetAddress source, long now) {
        refusals.tellRequest(source, now);
    }

    /** Counts a refused request. */
    public void countRefusedRequest() {
        refusals.countRequest();
    }

    /**
     * The decision about a connection just accepted; its descriptor is part of the exact count already. Trouble inside
     * admits.
     *
     * @param atListener why new connections of this listener are refused, or must not wait; null: they are not
     * @param listener whose slots it wants; null: no listener counts its own
     * @param queue where it can wait; null: it can't
     * @param number which of those accepted there it is, from 1; nothing if it can't wait
     * @param canAnswer whether the one who asks can answer, asked if that is to be the way; else it is closed
     */
    public Admission accept(
            @Nullable InetAddress source,
            boolean stale,
            @Nullable Reason atListener,
            @Nullable ListenerSlots listener,
            @Nullable AcceptQueueTimer queue,
            long number,
            BooleanSupplier canAnswer,
            long now) {
        try {
            return open
                    ? decider.decide(source, stale, stale ? null : atListener, listener, queue, number, canAnswer, now)
                    : Admission.ADMIT;
        } catch (RuntimeException | Error e) {
            // At the limit the JDK throws Errors (InternalError, NoClassDefFoundError): no reason to cut an acceptor.
            trouble.warn("tcpguard: a decision failed, and the connection is admitted", e, now);
            return Admission.ADMIT;
        }
    }

    /** The same for one that can't wait and can be answered, at a listener that has no trouble of its own. */
    public Admission accept(@Nullable InetAddress source, boolean stale, long now) {
        return accept(source, stale, null, null, null, 0, () -> true, now);
    }

    /**
     * One that waited for a slot while its listener stops: told to come back, as long as there is room for answers.
     */
    public Admission giveUp(BooleanSupplier canAnswer) {
        return refusals.answer(null, Reason.CONNECTIONS, canAnswer, upkeep.sampledAt());
    }
}
