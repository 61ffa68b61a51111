package io.tcpguard.netty;

import io.tcpguard.admission.ConnectionCloser;
import io.tcpguard.admission.ConnectionHandle;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.Verdict;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A policy that does as it is told and remembers what it was asked. */
final class FakePolicy implements Policy {
    volatile Admission connections = Admission.ADMIT;
    volatile Admission requests = Admission.ADMIT;
    volatile Capacity capacity = Capacity.UNKNOWN;
    volatile boolean dead;
    volatile boolean broken;
    final List<Listener> listeners = new CopyOnWriteArrayList<>();
    final List<String> watched = new CopyOnWriteArrayList<>();
    final AtomicInteger watchesEnded = new AtomicInteger();
    final AtomicInteger accepts = new AtomicInteger();
    final AtomicInteger refusedRequests = new AtomicInteger();

    Listener onlyListener() {
        return listeners.get(0);
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        if (dead) {
            throw new IllegalStateException("this guard does not run");
        }
        Listener listener = new Listener(name, port, control);
        listeners.add(listener);
        return listener;
    }

    @Override
    public AutoCloseable watchWork(String name, Executor executor) {
        if (dead) {
            throw new IllegalStateException("this guard does not run");
        }
        watched.add(name);
        return watchesEnded::incrementAndGet;
    }

    @Override
    public Admission admitRequest() {
        return requests;
    }

    private GuardSnapshot last = snapshotOf(Capacity.UNKNOWN);

    @Override
    public synchronized GuardSnapshot snapshot() {
        if (!last.capacity().equals(capacity)) {
            last = snapshotOf(capacity);
        }
        return last;
    }

    private static GuardSnapshot snapshotOf(Capacity capacity) {
        return new GuardSnapshot(
                Level.NORMAL,
                null,
                "scripted",
                capacity,
                new Verdict(true, 100, "scripted"),
                Admission.ADMIT,
                false,
                List.of(),
                0);
    }

    final class Listener implements GuardedListener {
        final String name;
        final int port;
        final ListenerControl control;
        final List<Handle> handles = new CopyOnWriteArrayList<>();
        volatile boolean closed;

        Listener(String name, int port, ListenerControl control) {
            this.name = name;
            this.port = port;
            this.control = control;
        }

        @Override
        public Admission acceptOrWait(@Nullable InetAddress source) {
            return accept(source);
        }

        @Override
        public Admission askAgain(@Nullable InetAddress source) {
            return accept(source);
        }

        @Override
        public Admission giveUp() {
            return Admission.RESPOND;
        }

        @Override
        public Admission accept(@Nullable InetAddress source) {
            accepts.incrementAndGet();
            if (broken) {
                throw new IllegalStateException("broken");
            }
            // As the core does.
            return connections == Admission.RESPOND && !control.canAnswer() ? Admission.RESET : connections;
        }

        @Override
        public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
            Handle handle = new Handle(source, closer);
            handles.add(handle);
            return handle;
        }

        @Override
        public void refuse(SocketChannel channel, Admission decision) {
            throw new AssertionError("not for Netty's channels");
        }

        @Override
        public int retryAfterSeconds() {
            return 2;
        }

        @Override
        public void countRefusedRequest() {
            refusedRequests.incrementAndGet();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** One connection's books. */
    static final class Handle implements ConnectionHandle {
        final @Nullable InetAddress source;
        final ConnectionCloser closer;
        final AtomicInteger working = new AtomicInteger();
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger touched = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        volatile boolean kept;
        volatile boolean evicting;

        Handle(@Nullable InetAddress source, ConnectionCloser closer) {
            this.source = source;
            this.closer = closer;
        }

        @Override
        public boolean begin() {
            if (evicting) {
                return false;
            }
            begun.incrementAndGet();
            working.incrementAndGet();
            return true;
        }

        @Override
        public void end() {
            working.decrementAndGet();
        }

        @Override
        public void touch() {
            touched.incrementAndGet();
        }

        @Override
        public void keep() {
            kept = true;
        }

        @Override
        public void closed() {
            closed.incrementAndGet();
        }
    }
}
