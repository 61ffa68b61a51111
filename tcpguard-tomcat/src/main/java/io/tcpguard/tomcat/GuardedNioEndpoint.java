package io.tcpguard.tomcat;

import io.tcpguard.admission.Closing;
import io.tcpguard.admission.GuardedListener;
import io.tcpguard.admission.ListenerControl;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.tomcat.util.net.Acceptor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the guard about each connection right after accept, before anything is spent on it, and closes those it gives up. */
final class GuardedNioEndpoint extends NioEndpoint {
    private static final Logger log = LoggerFactory.getLogger(GuardedNioEndpoint.class);

    private static final long PLACE_LOOK_NANOS = 1_000_000;

    private final Map<SocketChannel, GuardedConnection> guarded = new ConcurrentHashMap<>();
    // Not static: a static one would outlive the web application or server that brought this class.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable GuardedConnection> current = new ThreadLocal<>();

    private final FilesBeingSent filesBeingSent = new FilesBeingSent();
    private final Goodbyes goodbyes = new Goodbyes(this);

    /** Guards the fields from here on against concurrent starts, stops and changes of guard; reads need no lock. */
    private final Object lifecycle = new Object();

    private volatile @Nullable Guard guard;
    private volatile @Nullable GuardedListener listener;
    private @Nullable AutoCloseable canary;
    private volatile @Nullable Thread acceptorThread;

    private volatile boolean closesAnswered;

    /** From the start of a start to the first look at a running acceptor: not a failure, and no reason to take health down. */
    private volatile boolean starting;

    // ---- the guard comes and goes

    void guardWith(Guard next) {
        synchronized (lifecycle) {
            Guard now = guard;
            if (next.equals(now)) {
                return;
            }
            if (now != null) {
                throw new IllegalStateException("connector " + shortName() + " has a guard already (expected: none)");
            }
            guard = next;
            if (running || getPort() > 0) {
                // Health speaks about this connector from here on: down until it accepts.
                listen(next);
            }
            if (running) {
                watchWork(next);
            }
        }
    }

    void unguard() {
        synchronized (lifecycle) {
            guard = null;
            unwatchWork();
            closeListener();
        }
    }

    @Nullable Guard guard() {
        return guard;
    }

    @Nullable GuardedListener listener() {
        return listener;
    }

    @Override
    public void startInternal() throws Exception {
        synchronized (lifecycle) {
            Guard now = guard;
            starting = true;
            if (now != null && !running) {
                try {
                    // The socket is bound by now, and may be another one than before the last stop.
                    listen(now);
                } catch (IllegalStateException e) {
                    // The guard was closed since. That must not keep a server from starting.
                    log.warn("Connector {} starts without a guard: {}", shortName(), e.getMessage());
                    guard = null;
                    listener = null;
                }
            }
        }
        boolean started = false;
        try {
            super.startInternal();
            started = true;
        } finally {
            starting = started;
        }
        synchronized (lifecycle) {
            Guard now = guard;
            if (now != null && running) {
                watchWork(now);
            }
        }
    }

    @Override
    public void stopInternal() {
        synchronized (lifecycle) {
            starting = false;
            // Before its executor ends.
            unwatchWork();
        }
        super.stopInternal();
    }

    @Override
    public void unbind() throws Exception {
        super.unbind();
        acceptorThread = null;
    }

    private void listen(Guard now) {
        if (getUnixDomainSocketPath() != null) {
            log.info("Connector {} listens on a Unix domain socket: not guarded.", shortName());
            return;
        }
        int bound = getLocalPort();
        int port = bound > 0 ? bound : getPortWithOffset();
        GuardedListener old = listener;
        listener = now.listen(shortName(), port, new Control());
        if (old != null) {
            old.close();
        }
    }

    private void closeListener() {
        GuardedListener old = listener;
        listener = null;
        if (old != null) {
            old.close();
        }
    }

    private void watchWork(Guard now) {
        unwatchWork();
        canary = now.watchWork(shortName(), getExecutor());
    }

    private void unwatchWork() {
        AutoCloseable old = canary;
        canary = null;
        if (old != null) {
            try {
                old.close();
            } catch (Exception e) {
                log.warn("The watch on the work of connector {} did not end", shortName(), e);
            }
        }
    }

    private String shortName() {
        String name = getName();
        // Until its protocol is initialised an endpoint has a name that says nothing ("TP").
        return name == null || !name.contains("-") ? "http-" + getPortWithOffset() : name.replace("\"", "");
    }

    private final class Control implements ListenerControl {
        private final Standstill standstill = new Standstill();

        @Override
        public boolean accepting() {
            return isAccepting();
        }

        @Override
        public boolean full() {
            int most = getMaxConnections();
            return most > 0 && getConnectionCount() >= most;
        }

        @Override
        public int backlog() {
            return getAcceptCount();
        }

        /** No TLS was spoken at accept, and an answer in clear would be noise to the client. */
        @Override
        public boolean canAnswer() {
            return !isSSLEnabled();
        }

        @Override
        public int endStandstills(long patienceNanos, int most) {
            return standstill.end(guarded.values(), GuardedNioEndpoint.this::wrapperOf, patienceNanos, most);
        }
    }

    /** Whether the socket is bound and its acceptor runs. Read by the sampler in each cycle. */
    private boolean isAccepting() {
        Thread thread = acceptorThread;
        boolean runs = running
                && !paused
                && acceptor != null
                && acceptor.getState() == Acceptor.AcceptorState.RUNNING
                && (thread == null || thread.isAlive());
        if (runs) {
            starting = false;
        }
        return runs || (starting && !paused);
    }

    // ---- connections come

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        if (acceptorThread != Thread.currentThread()) {
            // An Error ends the acceptor without a word in its state.
            acceptorThread = Thread.currentThread();
        }
        return super.serverSocketAccept();
    }

    @Override
    protected boolean setSocketOptions(SocketChannel channel) {
        GuardedListener now = listener;
        if (now == null || !running || paused) {
            return super.setSocketOptions(channel);
        }
        filesBeingSent.sweep();
        goodbyes.sweep();
        InetAddress source = sourceOf(channel);
        Admission decision = decide(now, source);
        if (decision.refused()) {
            // Answered false, Tomcat closes only what it has a wrapper for. The slot in its connection limit is ours to
            // give back.
            countDownConnection();
            // No TLS was spoken, so nothing can be answered.
            now.refuse(channel, isSSLEnabled() ? Admission.RESET : decision);
            return false;
        }
        GuardedConnection connection = new GuardedConnection(this, now, channel, source);
        guarded.put(channel, connection);
        boolean taken = false;
        try {
            taken = super.setSocketOptions(channel);
        } finally {
            if (!taken) {
                forget(channel);
            }
        }
        return taken;
    }

    /** While it waits, this thread accepts nobody else: they wait in the accept queue, where they cost no descriptor. */
    private Admission decide(GuardedListener now, @Nullable InetAddress source) {
        Admission decision = now.acceptOrWait(source);
        while (decision == Admission.WAIT) {
            LockSupport.parkNanos(PLACE_LOOK_NANOS);
            decision = running && !paused ? now.askAgain(source) : Admission.RESPOND;
        }
        return decision;
    }

    private static @Nullable InetAddress sourceOf(SocketChannel channel) {
        try {
            return channel.getRemoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
        } catch (IOException e) {
            // Gone already. Tomcat will find out.
            return null;
        }
    }

    // ---- connections work

    @Override
    public void setHandler(Handler<NioChannel> handler) {
        super.setHandler(new GuardedHandler(handler, this));
    }

    @Override
    protected SocketProcessorBase<NioChannel> createSocketProcessor(
            SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
        return new GatedProcessor(wrapper, event);
    }

    @Nullable GuardedConnection connectionOf(@Nullable SocketWrapperBase<?> wrapper) {
        if (wrapper == null || !(wrapper.getSocket() instanceof NioChannel socket)) {
            return null;
        }
        SocketChannel channel = socket.getIOChannel();
        return channel == null ? null : guarded.get(channel);
    }

    /** The connection whose event this thread processes; null if none. */
    @Nullable GuardedConnection onThisThread() {
        return current.get();
    }

    /** Sets it; returns the one before. */
    @Nullable GuardedConnection onThisThread(@Nullable GuardedConnection connection) {
        GuardedConnection before = current.get();
        current.set(connection);
        return before;
    }

    FilesBeingSent filesBeingSent() {
        return filesBeingSent;
    }

    void sendsFile(GuardedConnection connection) {
        NioSocketWrapper wrapper = wrapperOf(connection);
        if (wrapper != null) {
            filesBeingSent.add(connection, wrapper);
        }
    }

    private @Nullable NioSocketWrapper wrapperOf(GuardedConnection connection) {
        return connections.get(connection.channel()) instanceof NioSocketWrapper wrapper ? wrapper : null;
    }

    // ---- connections go

    void evict(GuardedConnection connection, Closing how, boolean nobodyInside) {
        SocketChannel channel = connection.channel();
        if (how == Closing.RESET) {
            connection.resetWhenClosed();
        }
        SocketWrapperBase<NioChannel> wrapper = connections.get(channel);
        if (wrapper != null && connection.multiplexed()) {
            evictMultiplexed(channel, wrapper, how == Closing.ORDERLY && nobodyInside);
        } else if (wrapper != null && nobodyInside) {
            wrapper.close();
        } else {
            // The worker inside finds the socket closed, and closes the rest when it leaves.
            closeQuietly(channel);
            if (wrapper == null) {
                closeIfKnownByNow(channel);
            }
        }
        forget(channel);
        wakePoller();
    }

    /** Tomcat leaves a connection in its count that was closed just before its poller could register it. */
    private void closeIfKnownByNow(SocketChannel channel) {
        SocketWrapperBase<NioChannel> wrapper = connections.get(channel);
        if (wrapper != null) {
            wrapper.close();
        }
    }

    private void evictMultiplexed(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper, boolean politely) {
        // Out of the books first, since the gate keeps Tomcat's own events from it else.
        forget(channel);
        if (!politely || !goodbyes.begin(channel, wrapper)) {
            closeUnderWorkers(channel, wrapper);
        }
    }

    /** Frames may be read outside of the gate, so the rest is closed in Tomcat's own way for a dead HTTP/2 connection. */
    void closeUnderWorkers(SocketChannel channel, SocketWrapperBase<NioChannel> wrapper) {
        closeQuietly(channel);
        if (!processSocket(wrapper, SocketEvent.ERROR, true)) {
            wrapper.close();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("Close of {} failed; its descriptor is gone all the same", channel, e);
        }
    }

    /** A closed channel gives its descriptor back only when the selector that knows it selects again. */
    private void wakePoller() {
        Poller poller = getPoller();
        if (poller != null) {
            poller.getSelector().wakeup();
        }
    }

    void forget(SocketWrapperBase<NioChannel> wrapper) {
        NioChannel socket = wrapper.getSocket();
        SocketChannel channel = socket == null ? null : socket.getIOChannel();
        if (channel != null) {
            forget(channel);
        }
    }

    private void forget(SocketChannel channel) {
        GuardedConnection connection = guarded.remove(channel);
        if (connection != null) {
            connection.closed();
        }
    }

    private static boolean isHandshaken(SocketWrapperBase<NioChannel> wrapper) {
        NioChannel socket = wrapper.getSocket();
        return socket != null && socket.isHandshakeComplete();
    }

    /** From now on, or no more, a connection of HTTP/1.1 is closed when the request in progress is answered. */
    void closeAnswered(boolean close) {
        closesAnswered = close;
    }

    boolean closesAnswered() {
        return closesAnswered;
    }

    /** Connections in the guard's books. */
    int guardedConnections() {
        return guarded.size();
    }

    /** Runs Tomcat's work on a connection unless that was evicted meanwhile. */
    private final class GatedProcessor extends SocketProcessor {

        GatedProcessor(SocketWrapperBase<NioChannel> wrapper, SocketEvent event) {
            super(wrapper, event);
        }

        @Override
        protected void doRun() {
            // Tomcat pools this object and may hand it to another thread before super.doRun() returns: fields only up
            // to there.
            SocketWrapperBase<NioChannel> wrapper = socketWrapper;
            GuardedConnection connection = connectionOf(wrapper);
            if (connection == null) {
                // Not guarded; or closed since this was queued, and then its channel object may be another client's by
                // now.
                if (!wrapper.isClosed()) {
                    super.doRun();
                }
                return;
            }
            try {
                if (connection.enter(event, isHandshaken(wrapper))) {
                    super.doRun();
                }
            } finally {
                if (connection.leave()) {
                    wrapper.close();
                }
            }
        }
    }
}
