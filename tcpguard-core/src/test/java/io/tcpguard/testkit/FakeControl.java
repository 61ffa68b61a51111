/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import io.tcpguard.config.Network;
import io.tcpguard.spi.AdmissionControl;
import io.tcpguard.spi.Closing;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import io.tcpguard.state.Capacity;
import io.tcpguard.state.GuardSnapshot;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A guard for tests of adapters: decides what the test says, and writes down what it is told. */
public final class FakeControl implements AdmissionControl {
    /** Decided about each connection. */
    public volatile Admission connections = Admission.ADMIT;
    /** Decided about each request whose peer is not {@link #allowed}. */
    public volatile Admission requests = Admission.ADMIT;

    /** Whose requests are refused, as a proxy that is trusted names them. */
    public final Set<String> refusedClients = ConcurrentHashMap.newKeySet();

    /** Whom it was asked about. */
    public final List<String> forwarded = new CopyOnWriteArrayList<>();

    public volatile List<Network> allowed = List.of();
    public volatile Capacity capacity = Capacity.UNKNOWN;
    public volatile boolean resetsOnly;
    /** By the kernel's count of now, whatever the capacity says. */
    public volatile boolean roomForAnswers = true;
    /** The budget. */
    public final AtomicInteger resetsLeft = new AtomicInteger(Integer.MAX_VALUE);
    /** Refuses by a reset whatever it decided at accept. */
    public volatile boolean resetsAll;
    /** Does not run: throws at listen and watch. */
    public volatile boolean dead;
    /** Thrown at each accept. */
    public volatile @Nullable Throwable broken;

    public volatile @Nullable String draining;

    public final List<Listener> listeners = new CopyOnWriteArrayList<>();
    public final List<Handle> handles = new CopyOnWriteArrayList<>();
    public final List<SocketChannel> refused = new CopyOnWriteArrayList<>();
    public final List<String> watched = new CopyOnWriteArrayList<>();
    /** Watches that were not ended. */
    public final AtomicInteger watches = new AtomicInteger();

    public final AtomicInteger accepts = new AtomicInteger();
    public final AtomicInteger askedAgain = new AtomicInteger();
    public final AtomicInteger resets = new AtomicInteger();
    public final AtomicInteger refusedRequests = new AtomicInteger();
    private GuardSnapshot last = Snapshots.of(Capacity.UNKNOWN, false);

    /** The first one. */
    public Listener onlyListener() {
        return listeners.get(0);
    }

    /** The newest one. */
    public Listener lastListener() {
        return listeners.get(listeners.size() - 1);
    }

    /** The newest one's. */
    public Handle lastHandle() {
        return handles.get(handles.size() - 1);
    }

    /** Connections that are not closed. */
    public long open() {
        return handles.stream().filter(handle -> !handle.isClosed()).count();
    }

    @Override
    public GuardedListener listen(String name, int port, ListenerControl control) {
        checkRunning();
        Listener listener = new Listener(name, port, control);
        listeners.add(listener);
        return listener;
    }

    @Override
    public Closeable watchWork(String name, Executor executor) {
        checkRunning();
        watched.add(name);
        watches.incrementAndGet();
        return watches::decrementAndGet;
    }

    private void checkRunning() {
        if (dead) {
            throw new IllegalStateException("this guard does not run");
        }
    }

    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        return source != null && Network.anyContains(allowed, source) ? Admission.ADMIT : requests;
    }

    /** The same object while nothing changed, as the real one. */
    @Override
    public synchronized GuardSnapshot snapshot() {
        if (!last.capacity().equals(capacity) || last.resetsOnly() != resetsOnly) {
            last = Snapshots.of(capacity, resetsOnly);
        }
        return last;
    }

    @Override
    public void drain(String reason) {
        draining = reason;
    }

    private static <E extends Throwable> void raise(Throwable t) throws E {
        @SuppressWarnings("unchecked") // only its type in the signature is wrong
        E as = (E) t;
        throw as;
    }

    /** One listening socket. */
    public final class Listener implements GuardedListener {
        public final String name;
        public final int port;
        public final ListenerControl control;
        public final List<Handle> handles = new CopyOnWriteArrayList<>();
        public final AtomicInteger gaveUp = new AtomicInteger();
        public volatile boolean closed;

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
        public Admission askAgain(@Nullable InetAddress source, long number) {
            askedAgain.incrementAndGet();
            return decide();
        }

        @Override
        public long accepts() {
            return accepts.get();
        }

        @Override
        public Admission accept(@Nullable InetAddress source) {
            accepts.incrementAndGet();
            return decide();
        }

        @Override
        public boolean roomForAnswer() {
            return roomForAnswers;
        }

        @Override
        public Admission giveUp(long number) {
            gaveUp.incrementAndGet();
            return control.canAnswer() ? Admission.RESPOND : Admission.CLOSE;
        }

        private Admission decide() {
            Throwable trouble = broken;
            if (trouble != null) {
                FakeControl.<RuntimeException>raise(trouble);
            }
            // As the core does.
            return connections == Admission.RESPOND && !control.canAnswer() ? Admission.CLOSE : connections;
        }

        @Override
        public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
            Handle handle = new Handle(source, closer);
            FakeControl.this.handles.add(handle);
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
        public WatchedWork watchWork(String executorName, Executor executor) {
            Closeable watch = FakeControl.this.watchWork(executorName, executor);
            return new WatchedWork() {
                @Override
                public Admission admitRequest(@Nullable InetAddress source) {
                    return FakeControl.this.admitRequest(source);
                }

                @Override
                public void close() {
                    try {
                        watch.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
        }

        @Override
        public Admission admitRequest(@Nullable InetAddress source) {
            return FakeControl.this.admitRequest(source);
        }

        @Override
        public Admission admitForwarded(@Nullable InetAddress peer, CharSequence client) {
            forwarded.add(client.toString());
            return refusedClients.contains(client.toString()) ? Admission.RESPOND : Admission.ADMIT;
        }

        @Override
        public Admission admitForwarded(@Nullable InetAddress peer, ConnectionHandle connection) {
            String client = connection instanceof Handle of ? of.client : null;
            return client == null ? Admission.ADMIT : admitForwarded(peer, client);
        }

        @Override
        public boolean mayReset() {
            return resetsOnly && resetsLeft.getAndDecrement() > 0;
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

    /**
     * One connection's books. Keeps core's promise: no eviction while work is in progress, and no work from just before
     * one.
     */
    public static final class Handle implements ConnectionHandle {
        public final @Nullable InetAddress source;
        public final ConnectionCloser closer;
        public final AtomicInteger working = new AtomicInteger();
        public final AtomicInteger begun = new AtomicInteger();
        public final AtomicInteger touched = new AtomicInteger();
        public final AtomicInteger closed = new AtomicInteger();
        public final AtomicInteger sent = new AtomicInteger();
        public volatile boolean kept;
        public volatile boolean unfinished;
        public volatile boolean forwards;
        /** Whose it is, as a trusted proxy says. */
        public volatile @Nullable String client;

        /** From now on work is dropped, as just before an eviction. */
        public volatile boolean evicting;

        Handle(@Nullable InetAddress source, ConnectionCloser closer) {
            this.source = source;
            this.closer = closer;
        }

        /** False if it may not be evicted now. */
        public boolean evict(Closing how) {
            if (isClosed() || !claim()) {
                return false;
            }
            closer.close(how);
            return true;
        }

        public boolean isClosed() {
            return closed.get() > 0;
        }

        @Override
        public synchronized boolean begin() {
            if (evicting) {
                return false;
            }
            working.incrementAndGet();
            begun.incrementAndGet();
            return true;
        }

        @Override
        public synchronized void end() {
            if (working.get() == 0) {
                throw new IllegalStateException("end without begin");
            }
            working.decrementAndGet();
        }

        @Override
        public void touch() {
            touched.incrementAndGet();
        }

        @Override
        public void sent() {
            sent.incrementAndGet();
        }

        @Override
        public void unfinished(boolean now) {
            unfinished = now;
        }

        @Override
        public void forwardedFor(CharSequence client) {
            this.client = client.toString();
        }

        @Override
        public void forwards() {
            forwards = true;
        }

        @Override
        public void exemptFromEviction() {
            kept = true;
        }

        @Override
        public boolean working() {
            return working.get() > 0;
        }

        @Override
        public synchronized boolean claim() {
            if (evicting || kept || working.get() > 0) {
                return false;
            }
            evicting = true;
            return true;
        }

        @Override
        public void closed() {
            closed.incrementAndGet();
        }
    }
}
