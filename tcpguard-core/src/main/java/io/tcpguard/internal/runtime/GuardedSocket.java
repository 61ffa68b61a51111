package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.WaitingRoom;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.internal.probe.AwakeTime;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The guard's side of one listening socket. */
public final class GuardedSocket implements GuardedListener {
    private final AdmissionPolicy policy;
    private final IoThread io;
    private final LongPredicate stale;
    private final BooleanSupplier canAnswer;
    private final LongAdder accepts;
    private final WaitingRoom waitingRoom;
    private final LongAdder waited;
    private final Runnable onClose;
    private final AtomicInteger spread = new AtomicInteger();

    /**
     * @param stale whether at this time the newest sample is too old to go by
     * @param canAnswer asked once for each refusal that is to be an answer
     * @param accepts counted here; the waiting room goes by it, too
     * @param waited counted here, too
     */
    public GuardedSocket(
            AdmissionPolicy policy,
            IoThread io,
            LongPredicate stale,
            BooleanSupplier canAnswer,
            LongAdder accepts,
            WaitingRoom waitingRoom,
            LongAdder waited,
            Runnable onClose) {
        this.policy = policy;
        this.io = io;
        this.stale = stale;
        this.canAnswer = canAnswer;
        this.accepts = accepts;
        this.waitingRoom = waitingRoom;
        this.waited = waited;
        this.onClose = onClose;
    }

    @Override
    public Admission accept(@Nullable InetAddress source) {
        accepts.increment();
        return decide(source, null);
    }

    @Override
    public Admission acceptOrWait(@Nullable InetAddress source) {
        accepts.increment();
        Admission decision = askAgain(source);
        if (decision == Admission.WAIT) {
            waited.increment();
        }
        return decision;
    }

    @Override
    public Admission askAgain(@Nullable InetAddress source) {
        return decide(source, waitingRoom);
    }

    @Override
    public Admission giveUp() {
        return policy.giveUp(canAnswer, AwakeTime.nanoTime());
    }

    private Admission decide(@Nullable InetAddress source, @Nullable WaitingRoom queue) {
        long now = AwakeTime.nanoTime();
        return policy.accept(source, stale.test(now), queue, canAnswer, now);
    }

    @Override
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return policy.open(source, closer);
    }

    @Override
    public void refuse(SocketChannel channel, Admission decision) {
        // A reset needs no room, and to ask costs a count.
        int room = decision == Admission.RESPOND ? policy.roomForAnswers(io.deskSize()) : 0;
        io.refuse(channel, decision, retryAfterSeconds(), room, !policy.hurriesForAllowed());
    }

    @Override
    public int retryAfterSeconds() {
        return 1 + (spread.getAndIncrement() & 1);
    }

    @Override
    public void countRefusedRequest() {
        policy.countRefusedRequest();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
