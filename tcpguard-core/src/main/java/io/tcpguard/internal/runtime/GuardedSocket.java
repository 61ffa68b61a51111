/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.AcceptQueueTimer;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.ListenerCounts;
import io.tcpguard.internal.admission.ListenerSlots;
import io.tcpguard.internal.engine.ListenerWatch;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import io.tcpguard.state.RefusalCounters.Reason;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket while its guard runs: what its adapter asks goes to the policy, with what the newest sample said
 * of this listener; refused connections go to the I/O thread. Any thread. Below the admission threshold a question
 * about a connection or a request takes no lock and allocates nothing; none throws.
 */
public final class GuardedSocket implements GuardedListener {
    private final AdmissionPolicy policy;
    private final IoThread io;
    private final ListenerWatch watch;
    private final LongPredicate stale;
    private final BooleanSupplier canAnswer;
    private final ListenerSlots slots;
    private final AcceptQueueTimer waitingRoom;
    private final LongAdder waited;
    private final WaitTimes waits;
    private final BiFunction<String, Executor, WatchedWork> watchWork;
    private final Runnable rouse;
    private final Runnable onClose;
    private final AtomicInteger spread = new AtomicInteger();

    /**
     * @param watch what the engine says of this listener
     * @param stale whether at this time the newest sample is too old to go by
     * @param canAnswer asked once for each refusal that is to be an answer
     * @param slots kept here; the waiting room goes by its accepts, too
     * @param waited counted here, too
     * @param waits told of each wait that ends
     * @param watchWork how to watch an executor that works for this listener
     * @param rouse called at each accept: the sampler may rest
     */
    public GuardedSocket(
            AdmissionPolicy policy,
            IoThread io,
            ListenerWatch watch,
            LongPredicate stale,
            BooleanSupplier canAnswer,
            ListenerSlots slots,
            AcceptQueueTimer waitingRoom,
            LongAdder waited,
            WaitTimes waits,
            BiFunction<String, Executor, WatchedWork> watchWork,
            Runnable rouse,
            Runnable onClose) {
        this.policy = policy;
        this.io = io;
        this.watch = watch;
        this.stale = stale;
        this.canAnswer = canAnswer;
        this.slots = slots;
        this.waitingRoom = waitingRoom;
        this.waited = waited;
        this.waits = waits;
        this.watchWork = watchWork;
        this.rouse = rouse;
        this.onClose = onClose;
    }

    /** What it has accepted and holds; goes on when its guard stops. */
    ListenerCounts counts() {
        return slots.counts();
    }

    @Override
    public Admission accept(@Nullable InetAddress source) {
        arrived();
        return decide(source, null, 0);
    }

    @Override
    public Admission acceptOrWait(@Nullable InetAddress source) {
        arrived();
        Admission decision = decide(source, waitingRoom, accepts());
        if (decision == Admission.WAIT) {
            waited.increment();
            slots.counts().takenInHand();
        }
        return decision;
    }

    @Override
    public long accepts() {
        return slots.counts().accepts().sum();
    }

    /** Counted first: a sampler about to rest sees the count, or is seen. */
    private void arrived() {
        slots.counts().accepts().increment();
        rouse.run();
    }

    @Override
    public Admission askAgain(@Nullable InetAddress source, long number) {
        Admission decision = decide(source, waitingRoom, number);
        if (decision != Admission.WAIT) {
            waitEnded(number);
        }
        return decision;
    }

    @Override
    public Admission giveUp(long number) {
        waitEnded(number);
        return policy.giveUp(canAnswer);
    }

    private void waitEnded(long number) {
        slots.counts().outOfHand();
        waits.ended(waitingRoom.waitedNanos(number, AwakeTime.nanoTime()));
    }

    private Admission decide(@Nullable InetAddress source, @Nullable AcceptQueueTimer queue, long number) {
        long now = AwakeTime.nanoTime();
        return policy.accept(source, stale.test(now), watch.state().refusal(), slots, queue, number, canAnswer, now);
    }

    @Override
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return policy.open(source, slots, closer);
    }

    @Override
    public void refuse(SocketChannel channel, Admission decision) {
        // A reset needs no room, and to ask costs a count.
        int room = decision == Admission.RESET ? 0 : policy.roomForAnswers(io.refusalsHeld());
        slots.counts().takenInHand();
        io.refuse(channel, decision, retryAfterSeconds(), room, !policy.hurriesForAllowed());
        slots.counts().outOfHand();
    }

    @Override
    public int retryAfterSeconds() {
        return 1 + (spread.getAndIncrement() & 1);
    }

    @Override
    public WatchedWork watchWork(String name, Executor executor) {
        rouse.run();
        return watchWork.apply(name, executor);
    }

    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        if (!watch.state().requestsStalled()) {
            return Admission.ADMIT;
        }
        long now = AwakeTime.nanoTime();
        if (stale.test(now) || policy.allowed(source)) {
            return Admission.ADMIT;
        }
        policy.tellRefusedRequest(source, now);
        return Admission.RESPOND;
    }

    @Override
    public Admission admitForwarded(@Nullable InetAddress peer, CharSequence client) {
        return answer(policy.refusesForwarded(client, lateMillis(peer)));
    }

    @Override
    public Admission admitForwarded(@Nullable InetAddress peer, ConnectionHandle connection) {
        return answer(policy.refusesForwarded(connection, lateMillis(peer)));
    }

    /** For how long work is late, to a client of this peer's; negative: it is not. */
    private long lateMillis(@Nullable InetAddress peer) {
        boolean late = watch.state().refusal() == Reason.WORK_DELAY
                && !stale.test(AwakeTime.nanoTime())
                && !policy.allowed(peer);
        return late ? Math.max(0, watch.delayMillis()) : -1;
    }

    private static Admission answer(boolean refused) {
        return refused ? Admission.RESPOND : Admission.ADMIT;
    }

    @Override
    public boolean mayReset() {
        return policy.mayReset(AwakeTime.nanoTime());
    }

    @Override
    public void countRefusedRequest() {
        policy.countRefusedRequest();
    }

    @Override
    public boolean roomForAnswer() {
        return policy.roomForAnswers(0) > 0;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
