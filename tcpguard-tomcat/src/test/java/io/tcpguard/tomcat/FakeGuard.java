package io.tcpguard.tomcat;

import io.tcpguard.admission.Closing;
import io.tcpguard.admission.ConnectionCloser;
import io.tcpguard.admission.ConnectionHandle;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.config.Network;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Decides what the test says, and writes down what it is told. */
final class FakeGuard implements Guard {
    volatile Admission atAccept = Admission.ADMIT;
    volatile Admission atRequest = Admission.ADMIT;
    volatile boolean resetsOnly;

    /** Refuses by a reset whatever it decided at accept. */
    volatile boolean resetsAll;

    volatile List<Network> allowed = List.of();

    final List<Listening> listeners = new CopyOnWriteArrayList<>();
    final List<Handle> handles = new CopyOnWriteArrayList<>();
    final List<SocketChannel> refused = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger askedAgain = new AtomicInteger();
    final AtomicInteger resets = new AtomicInteger();
    final AtomicInteger refusedRequests = new AtomicInteger();
    final AtomicInteger watches = new AtomicInteger();

    Handle lastHandle() {
        return handles.get(handles.size() - 1);
    }

    long open() {
        return handles.stream().filter(handle -> !handle.closed).count();
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        Listening listening = new Listening(name, port, control);
        listeners.add(listening);
        return listening;
    }

    @Override
    public AutoCloseable watchWork(String name, Executor executor) {
        watches.incrementAndGet();
        return watches::decrementAndGet;
    }

    @Override
    public Admission admitRequest() {
        return atRequest;
    }

    @Override
    public boolean resetsOnly() {
        return resetsOnly;
    }

    @Override
    public List<Network> allowed() {
        return allowed;
    }

    final class Listening implements GuardedListener {
        final String name;
        final int port;
        final ListenerControl control;
        volatile boolean closed;

        Listening(String name, int port, ListenerControl control) {
            this.name = name;
            this.port = port;
            this.control = control;
        }

        @Override
        public Admission acceptOrWait(@Nullable InetAddress source) {
            asked.incrementAndGet();
            return accept(source);
        }

        @Override
        public Admission askAgain(@Nullable InetAddress source) {
            askedAgain.incrementAndGet();
            return accept(source);
        }

        @Override
        public Admission giveUp() {
            return control.canAnswer() ? Admission.RESPOND : Admission.RESET;
        }

        @Override
        public Admission accept(@Nullable InetAddress source) {
            return atAccept;
        }

        @Override
        public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
            Handle handle = new Handle(closer);
            handles.add(handle);
            return handle;
        }

        @Override
        public void refuse(SocketChannel channel, Admission decision) {
            if (decision == Admission.RESET || resetsAll) {
                resets.incrementAndGet();
                try {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    channel.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            } else {
                refused.add(channel);
            }
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

    /** Keeps the promise that core makes: no eviction while work is in progress, and no work from just before one. */
    static final class Handle implements ConnectionHandle {
        private final ConnectionCloser closer;
        private boolean evicting;
        private int inProgress;
        volatile int begun;
        volatile int touched;
        volatile boolean kept;
        volatile boolean closed;

        Handle(ConnectionCloser closer) {
            this.closer = closer;
        }

        /** False if it may not be evicted now. */
        boolean evict(Closing how) {
            synchronized (this) {
                if (evicting || closed || inProgress > 0) {
                    return false;
                }
                evicting = true;
            }
            closer.close(how);
            return true;
        }

        /** From now on work is dropped, as if an eviction were about to begin. */
        synchronized void condemn() {
            evicting = true;
        }

        synchronized int inProgress() {
            return inProgress;
        }

        @Override
        public synchronized boolean begin() {
            if (evicting) {
                return false;
            }
            inProgress++;
            begun++;
            return true;
        }

        @Override
        public synchronized void end() {
            if (inProgress == 0) {
                throw new IllegalStateException("end without begin");
            }
            inProgress--;
        }

        @Override
        public synchronized void touch() {
            touched++;
        }

        @Override
        public void keep() {
            kept = true;
        }

        @Override
        public void closed() {
            closed = true;
        }
    }
}
