/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.engine;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.signal.Reading;
import io.tcpguard.state.Level;
import io.tcpguard.state.ListenerState;
import io.tcpguard.state.RefusalCounters;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Whether one guarded listener serves: it says so itself, its accept queue agrees, and work on its connections comes
 * back. A queue with connections in it and no accept for too long is a dead acceptor, whatever its thread says.
 */
public final class ListenerWatch {
    /** So long a socket may take from its close to the word of its adapter. */
    private static final long CLOSING = TimeUnit.MILLISECONDS.toNanos(250);

    /** The rest tries whether it still hangs. */
    private static final double HANGING_LOSES = 0.9;

    private final String name;
    private final ListenerCondition listening;
    private final Watch queue;
    private final long stalledAfter;
    private final List<Watch> work = new CopyOnWriteArrayList<>();
    private final Traffic traffic = new Traffic();
    private long lastAccepts = -1;
    private long lastProgress;
    private long completed;
    private long completedAt;
    private boolean accepting = true;
    private boolean stalled;
    private boolean unserved;
    private boolean refusing;
    private long refusingSince;
    private volatile boolean forgotten;
    private boolean hasServed;
    private boolean late;
    /** Of the work that waits longest; -1 if that is not known. */
    private volatile long longest = -1;

    private boolean requestsStalled;
    private double share = 1;
    private double weighs = 1;
    private volatile ListenerState state;

    /**
     * @param queue the watch of its accept queue
     */
    public ListenerWatch(String name, ListenerCondition listening, Watch queue, GuardConfig config, long now) {
        this.name = name;
        this.listening = listening;
        this.queue = queue;
        this.stalledAfter = config.nanos(Setting.STALLED_AFTER);
        this.lastProgress = now;
        this.completedAt = now - stalledAfter;
        this.state = new ListenerState(name, null, false);
    }

    /** The watch of its accept queue. */
    public Watch queue() {
        return queue;
    }

    /** Work on its connections is done by this executor, too. Any thread. */
    public void servedBy(Watch executor) {
        work.add(executor);
        executor.joined();
    }

    /** No more. Any thread. */
    public void notServedBy(Watch executor) {
        if (work.remove(executor)) {
            executor.left();
        }
    }

    /** Connections held that the guard was not asked about. */
    public int untrackedConnections() {
        return listening.untrackedConnections();
    }

    /** Connections that its acceptor holds while they wait or are refused. */
    public int inHand() {
        return listening.inHand();
    }

    /** Another number whenever somebody came or was served, by counts that cost nothing. Any thread. */
    public long activity() {
        return listening.accepts() + listening.completed();
    }

    /** It is watched no more: from now on nothing is wrong with it. Any thread. */
    public void forget() {
        forgotten = true;
    }

    /** What is done at this listener now. Any thread: one volatile read. */
    public ListenerState state() {
        return state;
    }

    /**
     * How long the work that waits longest has waited, if all of it is late; else -1. Only for the sampler's thread.
     */
    public long lateMillis() {
        return late ? Math.max(0, longest) : -1;
    }

    /** Age of the work that waits longest in its executors, in milliseconds; -1 if it is not known. Any thread. */
    public long delayMillis() {
        return longest;
    }

    /** @param shared executors that belong to no listener: they work for those that have none of their own */
    void step(List<Watch> shared, long now) {
        accepting = forgotten || accepts(now);
        long soFar = listening.accepts();
        boolean waiting = queue.reading() instanceof Reading.Measured m && m.used() > 0;
        if (soFar != lastAccepts || !waiting || listening.full()) {
            lastAccepts = soFar;
            lastProgress = now;
        }
        unserved = !listening.serving();
        stalled = !forgotten && (unserved || now - lastProgress >= stalledAfter);
        hasServed |= serves();
        if (listening.completed() != completed) {
            completed = listening.completed();
            completedAt = now;
        }
        judge(work.isEmpty() ? shared : work, now);
        traffic.step(listening, late || stalled, now);
    }

    private void judge(List<Watch> executors, long now) {
        int all = 0;
        int areLate = 0;
        int haveStalled = 0;
        int stuck = 0;
        int hang = 0;
        long oldest = -1;
        for (int i = 0; i < executors.size(); i++) {
            Watch executor = executors.get(i);
            all++;
            areLate += executor.late() ? 1 : 0;
            haveStalled += executor.level() == Level.DRAIN ? 1 : 0;
            stuck += executor.stuck() ? 1 : 0;
            hang += executor.hangs() ? 1 : 0;
            oldest = executor.reading() instanceof Reading.Measured m ? Math.max(oldest, m.used()) : oldest;
        }
        longest = oldest;
        late = all > 0 && areLate == all;
        requestsStalled = all > 0 && haveStalled == all;
        // Late is not stuck while work on its connections ends all the same.
        boolean proceeds = stuck == all && now - completedAt < stalledAfter;
        weighs = all > 0 && now - completedAt >= Watch.HANGS_AFTER ? 1 - HANGING_LOSES * hang / all : 1;
        share = stalled ? 0 : all == 0 || proceeds ? 1 : (double) (all - stuck) / all;
    }

    /** @param obeyed false once the guard has failed open: then who comes is served */
    void publish(boolean obeyed) {
        RefusalCounters.Reason refusal = !obeyed
                ? null
                : late
                        ? RefusalCounters.Reason.WORK_DELAY
                        : queue.level().atLeast(Level.SHED) ? RefusalCounters.Reason.ACCEPT_QUEUE : null;
        boolean refuseRequests = obeyed && requestsStalled;
        ListenerState last = state;
        if (last.refusal() != refusal || last.requestsStalled() != refuseRequests) {
            state = new ListenerState(name, refusal, refuseRequests);
        }
    }

    /** Whether it can be connected to at all. */
    boolean serves() {
        return accepting && !stalled;
    }

    /** Whether executors are known that work for it. */
    boolean hasItsOwn() {
        return !work.isEmpty();
    }

    boolean accepting() {
        return accepting;
    }

    /** Whether all its work is late. */
    boolean late() {
        return late;
    }

    /** Whether all its requests wait for too long. */
    boolean requestsStalled() {
        return requestsStalled;
    }

    /** How much of it really serves, 0..1. */
    double share() {
        return share;
    }

    /**
     * How much of its share a director that reads weights should send, 0..1: less while its work hangs, before health
     * fails.
     */
    double weighs() {
        return Math.min(share, weighs);
    }

    /** What it weighs among the listeners. */
    double traffic() {
        return traffic.amount();
    }

    /** Whether connections wait that nobody accepts, or serves. */
    boolean unaccepted() {
        return stalled;
    }

    /**
     * One look is not enough for one that has served: a socket that is closed on purpose is seen to accept no more just
     * before its adapter can say that it is gone.
     */
    private boolean accepts(long now) {
        if (listening.accepting()) {
            refusing = false;
            return true;
        }
        if (!refusing) {
            refusing = true;
            refusingSince = now;
        }
        return hasServed && now - refusingSince < CLOSING;
    }

    DownCause whyNot() {
        if (!hasServed) {
            return new DownCause(DownCause.DownKind.STARTING, "listener " + name + " does not accept yet");
        }
        return accepting && stalled
                ? new DownCause(
                        DownCause.DownKind.UNACCEPTED,
                        "listener " + name
                                + (unserved
                                        ? " accepts connections and does nothing for them"
                                        : " has connections waiting and has accepted none of them for too long"))
                : new DownCause(DownCause.DownKind.NOT_SERVING, "listener " + name + " does not accept");
    }
}
