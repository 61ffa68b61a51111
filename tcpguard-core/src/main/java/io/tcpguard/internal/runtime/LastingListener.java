/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.runtime;

import io.tcpguard.internal.admission.InertListener;
import io.tcpguard.internal.admission.ListenerCounts;
import io.tcpguard.spi.ConnectionCloser;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listening socket, whatever becomes of its guard. Between two runs everybody is admitted, and the counts of the
 * run before are kept on. Another run takes it over at its start if it accepts then, else with its next connection;
 * who is connected by then counts as a client and is never evicted.
 */
final class LastingListener implements GuardedListener, LastingRegistrations.Lasting {
    private static final Logger LOG = LoggerFactory.getLogger("io.tcpguard.TcpGuard");

    /**
     * By the newest run that took it.
     *
     * @param before how many connections runs before that were asked about: numbers go on
     */
    private record Taken(GuardedListener by, long before) {}

    private final String name;
    private final int port;
    private final ListenerControl control;
    private final Supplier<RunState> runs;
    private final Consumer<LastingListener> onClose;
    private final Set<LastingWork> works = ConcurrentHashMap.newKeySet();

    private volatile Taken now = new Taken(InertListener.INSTANCE, 0);
    /** Of the newest run that counts; null: none did. */
    private volatile @Nullable ListenerCounts newest;

    private volatile boolean over = true;
    /** Guarded by this. */
    private boolean closed;
    /** Said once in each pause. Guarded by this. */
    private boolean failed;

    LastingListener(
            String name,
            int port,
            ListenerControl control,
            Supplier<RunState> runs,
            Consumer<LastingListener> onClose) {
        this.name = name;
        this.port = port;
        this.control = control;
        this.runs = runs;
        this.onClose = onClose;
    }

    /**
     * Registers it with what runs.
     *
     * @throws IllegalStateException if nothing does
     */
    synchronized RunState register() {
        RunState run = runs.get();
        GuardedListener next = run.listen(name, port, control);
        works.forEach(work -> work.watchedBy(next));
        Taken former = now;
        if (next instanceof GuardedSocket socket) {
            ListenerCounts before = newest;
            if (before != null) {
                socket.counts().takeOver(before);
            }
            newest = socket.counts();
        }
        now = new Taken(next, former.before() + former.by().accepts());
        over = false;
        failed = false;
        return run;
    }

    @Override
    public synchronized void over() {
        over = true;
        works.forEach(LastingWork::over);
    }

    @Override
    public void begun() {
        boolean accepting;
        try {
            accepting = control.accepting();
        } catch (RuntimeException | Error e) {
            accepting = false; // Then with its next connection.
        }
        if (accepting) {
            comeBack();
        }
    }

    /** Its connections, those that wait in the acceptor's hand too. Any thread; allocates nothing; never throws. */
    int held() {
        ListenerCounts counts = newest;
        int held = counts == null ? 0 : counts.held() + counts.inHand() + counts.ofFormerRuns();
        try {
            return held + Math.max(0, control.untrackedConnections());
        } catch (RuntimeException | Error e) {
            return held; // Its own guard's sampler says so.
        }
    }

    private synchronized void comeBack() {
        if (!over || closed || !runs.get().running()) {
            return;
        }
        try {
            register();
        } catch (RuntimeException | Error e) {
            if (!failed) {
                failed = true;
                LOG.warn("listener {} is not guarded: it could not be taken over after a stop", name, e);
            }
        }
    }

    /** Who gets the questions about a new connection. */
    private GuardedListener asked() {
        if (over) {
            comeBack();
        }
        return now.by();
    }

    @Override
    public Admission accept(@Nullable InetAddress source) {
        return asked().accept(source);
    }

    @Override
    public Admission acceptOrWait(@Nullable InetAddress source) {
        return asked().acceptOrWait(source);
    }

    @Override
    public long accepts() {
        Taken taken = now;
        return taken.before() + taken.by().accepts();
    }

    /** One that a run before was asked about came in while none ran. */
    @Override
    public Admission askAgain(@Nullable InetAddress source, long number) {
        Taken taken = now;
        return number > taken.before() ? taken.by().askAgain(source, number - taken.before()) : Admission.ADMIT;
    }

    @Override
    public Admission giveUp(long number) {
        Taken taken = now;
        return number > taken.before() ? taken.by().giveUp(number - taken.before()) : Admission.CLOSE;
    }

    @Override
    public ConnectionHandle open(@Nullable InetAddress source, ConnectionCloser closer) {
        return now.by().open(source, closer);
    }

    @Override
    public void refuse(SocketChannel channel, Admission decision) {
        now.by().refuse(channel, decision);
    }

    @Override
    public int retryAfterSeconds() {
        return now.by().retryAfterSeconds();
    }

    @Override
    public synchronized WatchedWork watchWork(String executorName, Executor executor) {
        LastingWork work = new LastingWork(executorName, executor, works::remove);
        if (!over) {
            work.watchedBy(now.by());
        }
        works.add(work);
        return work;
    }

    /** What was late when the guard stopped says nothing of now. */
    @Override
    public Admission admitRequest(@Nullable InetAddress source) {
        return over ? Admission.ADMIT : now.by().admitRequest(source);
    }

    @Override
    public Admission admitForwarded(@Nullable InetAddress peer, CharSequence client) {
        return over ? Admission.ADMIT : now.by().admitForwarded(peer, client);
    }

    @Override
    public Admission admitForwarded(@Nullable InetAddress peer, ConnectionHandle connection) {
        return over ? Admission.ADMIT : now.by().admitForwarded(peer, connection);
    }

    @Override
    public boolean mayReset() {
        return !over && now.by().mayReset();
    }

    @Override
    public boolean roomForAnswer() {
        return now.by().roomForAnswer();
    }

    @Override
    public void countRefusedRequest() {
        now.by().countRefusedRequest();
    }

    @Override
    public void close() {
        onClose.accept(this);
        synchronized (this) {
            closed = true;
            now.by().close();
        }
    }
}
