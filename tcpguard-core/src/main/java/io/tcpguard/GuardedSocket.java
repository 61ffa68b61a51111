package io.tcpguard;

import io.tcpguard.admission.ConnectionCloser;
import io.tcpguard.admission.ConnectionHandle;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.internal.admission.AdmissionPolicy;
import io.tcpguard.internal.admission.WaitingRoom;
import io.tcpguard.internal.io.IoThread;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The guard's side of one listening socket. */
final class GuardedSocket implements GuardedListener {
    private final AdmissionPolicy policy;
    private final IoThread io;
    private final BooleanSupplier stale;
    private volatile Runnable onClose = () -> {};
    private final WaitingRoom waitingRoom;
    private final LongAdder accepts = new LongAdder();
    private final AtomicInteger spread = new AtomicInteger();

    GuardedSocket(AdmissionPolicy policy, IoThread io, BooleanSupplier stale, long longestWait) {
        this.policy = policy;
        this.io = io;
        this.stale = stale;
        this.waitingRoom = new WaitingRoom(longestWait, policy::queueWaitNanos, accepts::sum);
    }

    long accepts() {
        return accepts.sum();
    }

    void onClose(Runnable what) {
        onClose = what;
    }

    WaitingRoom waitingRoom() {
        return waitingRoom;
    }

    @Override
    public Admission accept(@Nullable InetAddress source) {
        accepts.increment();
        return policy.accept(source, stale.getAsBoolean(), System.nanoTime());
    }

    @Override
    public Admission acceptOrWait(@Nullable InetAddress source) {
        accepts.increment();
        return askAgain(source);
    }

    @Override
    public Admission askAgain(@Nullable InetAddress source) {
        return policy.accept(source, stale.getAsBoolean(), waitingRoom, System.nanoTime());
    }

    @Override
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return policy.open(source, closer);
    }

    @Override
    public void refuse(SocketChannel channel, Admission decision) {
        io.refuse(channel, decision, retryAfterSeconds(), policy.roomForAnswers(io.deskSize()));
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
