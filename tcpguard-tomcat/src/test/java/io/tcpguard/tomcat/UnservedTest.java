/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.TcpGuard;
import io.tcpguard.testkit.Await;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.NioEndpoint.Poller;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector accepts, and nobody is served: each by its real cause, on a guarded connector and on a stock one. */
@Timeout(60)
class UnservedTest {
    private static final String ASK = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final Logger PROTOCOL = Logger.getLogger(AbstractProtocol.class.getName());
    private static final Logger TOMCAT = Logger.getLogger(NioEndpoint.class.getName());

    private final List<RawClient> clients = new ArrayList<>();
    private final Workers workers = new Workers();
    private final TcpGuard guard =
            TcpGuard.builder().set("stalledAfter", "1s").build().start();
    private TomcatRig rig;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private Connector connector;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private NioEndpoint endpoint;

    /** Where the poller meets an Error. */
    private enum Hook {
        EVENTS,
        KEY,
        TIMEOUT
    }

    /** A connection that throws an Error at the poller. */
    private static final class Deadly extends NioSocketWrapper {
        private final Hook hook;

        Deadly(NioEndpoint endpoint, Hook hook) {
            super(new NioChannel(new SocketBufferHandler(0, 0, false)), endpoint);
            this.hook = hook;
        }

        private void at(Hook here) {
            if (hook == here && Thread.currentThread().getName().endsWith("-Poller")) {
                throw new OutOfMemoryError("of a test");
            }
        }

        @Override
        public NioChannel getSocket() {
            at(Hook.EVENTS);
            return super.getSocket();
        }

        @Override
        public NioEndpoint.SendfileData getSendfileData() {
            at(Hook.KEY);
            return super.getSendfileData();
        }

        @Override
        public boolean interestOpsHas(int ops) {
            at(Hook.TIMEOUT);
            return super.interestOpsHas(ops);
        }
    }

    /** Accepts as another does, after something that may throw. */
    private static final class Accepting extends ServerSocketChannel {
        private final ServerSocketChannel other;
        private final Runnable first;

        Accepting(ServerSocketChannel other, Runnable first) {
            super(other.provider());
            this.other = other;
            this.first = first;
        }

        @Override
        public SocketChannel accept() throws IOException {
            SocketChannel accepted = other.accept();
            try {
                first.run();
            } catch (OutOfMemoryError e) {
                accepted.close();
                throw e;
            }
            return accepted;
        }

        @Override
        public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
            return other.bind(local, backlog);
        }

        @Override
        public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
            return other.setOption(name, value);
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return other.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return other.supportedOptions();
        }

        @Override
        public ServerSocket socket() {
            return other.socket();
        }

        @Override
        public SocketAddress getLocalAddress() throws IOException {
            return other.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            other.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            other.configureBlocking(block);
        }
    }

    /** What the connector's executor does. */
    private enum Trouble {
        NONE,
        NO_THREAD,
        NO_THREAD_FOR_WORKERS,
        REJECTS,
        BLOCKS
    }

    private static final class Workers implements Executor {
        final ExecutorService pool = Executors.newCachedThreadPool();
        final CountDownLatch unblocked = new CountDownLatch(1);
        volatile Trouble trouble = Trouble.NONE;

        @Override
        public void execute(Runnable task) {
            switch (trouble) {
                case NO_THREAD -> throw new OutOfMemoryError("unable to create native thread");
                case NO_THREAD_FOR_WORKERS -> {
                    if (!Thread.currentThread().getName().endsWith("-Poller")) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                }
                case REJECTS -> throw new RejectedExecutionException("of a test");
                case BLOCKS -> {
                    if (Thread.currentThread().getName().endsWith("-Poller")) {
                        try {
                            unblocked.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }
                default -> {
                    // It works.
                }
            }
            pool.execute(task);
        }
    }

    @BeforeEach
    void make() throws IOException {
        TOMCAT.setLevel(Level.OFF);
        rig = new TomcatRig();
    }

    @AfterEach
    void end() throws Exception {
        workers.unblocked.countDown();
        for (RawClient client : clients) {
            client.close();
        }
        rig.close();
        guard.close();
        workers.pool.shutdownNow();
        TOMCAT.setLevel(null);
        PROTOCOL.setLevel(null);
    }

    private void serve(boolean guarded) throws Exception {
        connector = guarded ? rig.connector : new Connector();
        if (guarded) {
            rig.protocol.guardWith(guard);
        } else {
            connector.setPort(0);
            rig.tomcat.setConnector(connector);
            rig.tomcat.getService().removeConnector(rig.connector);
            GuardedServer.guard(rig.tomcat.getServer(), guard);
        }
        // Of these there is one more in use than there are connections.
        connector.setProperty("maxConnections", "40");
        connector.getProtocolHandler().setExecutor(workers);
        rig.start();
        Method getter = AbstractProtocol.class.getDeclaredMethod("getEndpoint");
        getter.setAccessible(true);
        endpoint = (NioEndpoint) getter.invoke(connector.getProtocolHandler());
        Await.until("up", this::up);
        isServed();
    }

    private boolean up() {
        return guard.snapshot().verdict().up();
    }

    private void isServed() throws IOException {
        for (int i = 0; i < 4; i++) {
            try (RawClient client = new RawClient(connector.getLocalPort())) {
                assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            }
        }
    }

    private RawClient knock() throws IOException {
        RawClient client = new RawClient(connector.getLocalPort());
        clients.add(client);
        return client;
    }

    private void isDownWhenClientsCome() throws Exception {
        long[] next = {System.nanoTime()};
        Await.until("down", () -> {
            if (System.nanoTime() - next[0] > 0 && clients.size() < 30) {
                next[0] += TimeUnit.MILLISECONDS.toNanos(100);
                try {
                    knock().send(ASK);
                } catch (IOException e) {
                    // Closed already.
                    return !up();
                }
            }
            return !up();
        });
        assertThat(guard.snapshot().verdict().reason())
                .contains("http-nio-")
                .contains("accepts connections and does nothing for them");
    }

    private Poller poller() throws Exception {
        Method getter = NioEndpoint.class.getDeclaredMethod("getPoller");
        getter.setAccessible(true);
        return (Poller) getter.invoke(endpoint);
    }

    private static Thread pollerThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(one ->
                        one.getName().startsWith("http-nio-") && one.getName().endsWith("-Poller"))
                .findAny()
                .orElseThrow();
    }

    /** Ends the thread of the poller, and waits until it is gone. */
    private void kill(Hook hook) throws Exception {
        Thread thread = pollerThread();
        Deadly deadly = new Deadly(endpoint, hook);
        if (hook == Hook.EVENTS) {
            poller().add(deadly, SelectionKey.OP_READ);
        } else {
            RawClient client = knock();
            client.get("/");
            Poller poller = poller();
            Await.until("its key", () -> poller.getSelector().keys().size() == 1);
            poller.getSelector().keys().iterator().next().attach(deadly);
            Await.until("dead", () -> {
                if (hook == Hook.KEY) {
                    // The worker that has just answered may still read the first ones.
                    try {
                        client.send("G");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
                return !thread.isAlive();
            });
        }
        Await.until("dead", () -> !thread.isAlive());
    }

    @ParameterizedTest
    @EnumSource(Hook.class)
    void ofAStockConnectorIsDownWhenAnErrorHasEndedThePollerThoughNobodyComes(Hook hook) throws Exception {
        serve(false);
        kill(hook);
        Await.until("down", () -> !up());
        assertThat(guard.snapshot().verdict().reason()).contains("accepts connections and does nothing for them");
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Hook.class)
    void servesOnWhenAnErrorHasEndedThePollerOnceAndIsDownWhenItDiesAgain(Hook hook) throws Exception {
        serve(true);
        RawClient before = knock();
        before.get("/");
        Poller poller = poller();
        poller.add(new Deadly(endpoint, Hook.EVENTS), SelectionKey.OP_READ);
        isServed();
        assertThat(before.get("/")).startsWith("HTTP/1.1 200");
        assertThat(up()).isTrue();
        assertThat(poller()).isSameAs(poller);
        before.close();
        Await.until("nobody is there", () -> poller.getSelector().keys().isEmpty());

        kill(hook);
        Await.until("down", () -> !up());
        assertThat(guard.snapshot().verdict().reason()).contains("accepts connections and does nothing for them");
    }

    /** What it had in hand is not in its selector yet, or its interest was taken away before a worker was asked. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesTheConnectionThatTheDeadPollerHadInHand(boolean registered) throws Exception {
        serve(true);
        RawClient client = knock();
        client.get("/");
        Poller poller = poller();
        Await.until("its key", () -> poller.getSelector().keys().size() == 1);
        SelectionKey key = poller.getSelector().keys().iterator().next();
        Await.until("it waits for a request", () -> key.isValid() && key.interestOps() == SelectionKey.OP_READ);
        if (registered) {
            key.interestOps(0);
        } else {
            key.cancel();
        }
        poller.add(new Deadly(endpoint, Hook.EVENTS), SelectionKey.OP_READ);

        assertThat(client.get("/")).startsWith("HTTP/1.1 200");
        isServed();
    }

    /** Where the server itself meets an Error, before the application. */
    private enum Failure {
        OUT_OF_MEMORY,
        LINKAGE
    }

    /** An upgrade that nobody can have. */
    private static final class NoUpgrade implements UpgradeProtocol {
        private final Failure failure;

        NoUpgrade(Failure failure) {
            this.failure = failure;
        }

        @Override
        public String getHttpUpgradeName(boolean tls) {
            return "none";
        }

        @SuppressWarnings("NullAway") // Tomcat's way to say: no ALPN
        @Override
        public byte[] getAlpnIdentifier() {
            return null;
        }

        @SuppressWarnings("NullAway") // the same
        @Override
        public String getAlpnName() {
            return null;
        }

        @Override
        public Processor getProcessor(SocketWrapperBase<?> wrapper, Adapter adapter) {
            throw new IllegalStateException();
        }

        @Override
        public InternalHttpUpgradeHandler getInternalUpgradeHandler(
                SocketWrapperBase<?> wrapper, Adapter adapter, Request request) {
            throw new IllegalStateException();
        }

        @Override
        public boolean accept(Request request) {
            throw failure == Failure.LINKAGE
                    ? new NoClassDefFoundError("of a test")
                    : new OutOfMemoryError("of a test");
        }
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void isDownWhenAnErrorMeetsEachConnectionBeforeTheApplicationAndUpWhenItDoesNoMore(Failure failure)
            throws Exception {
        PROTOCOL.setLevel(Level.OFF);
        rig.protocol.addUpgradeProtocol(new NoUpgrade(failure));
        serve(true);
        long[] next = {System.nanoTime()};
        Await.until("down", () -> {
            if (System.nanoTime() - next[0] > 0) {
                next[0] += TimeUnit.MILLISECONDS.toNanos(100);
                try (RawClient client = new RawClient(connector.getLocalPort())) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: none\r\n\r\n");
                    client.ending();
                } catch (IOException e) {
                    // Closed already.
                    return !up();
                }
            }
            return !up();
        });
        assertThat(guard.snapshot().verdict().reason()).contains("accepts connections and does nothing for them");
        isServed();
        Await.until("up", this::up);
    }

    @Tag("long")
    @Test
    void isUpWhenTheApplicationMeetsAnErrorInEachRequest() throws Exception {
        PROTOCOL.setLevel(Level.OFF);
        serve(true);
        for (int i = 0; i < 25; i++) {
            try (RawClient client = new RawClient(connector.getLocalPort())) {
                client.send("GET /out-of-memory HTTP/1.1\r\nHost: a\r\n\r\n").ending();
            }
            assertThat(up()).isTrue();
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isDownWhenThePollerSpins(boolean guarded) throws Exception {
        serve(guarded);
        Poller spinning = poller();
        spinning.getSelector().close();
        isDownWhenClientsCome();
        // Nothing else ends it.
        spinning.add(new Deadly(endpoint, Hook.EVENTS), SelectionKey.OP_READ);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isDownWhenAnExecutorBlocksThePollerAndUpWhenItDoesNoMore(boolean guarded) throws Exception {
        serve(guarded);
        workers.trouble = Trouble.BLOCKS;
        isDownWhenClientsCome();
        workers.trouble = Trouble.NONE;
        workers.unblocked.countDown();
        Await.until("up", this::up);
        isServed();
    }

    /** Where Tomcat takes its buffers, and at accept(2): each once for three connections. */
    @ParameterizedTest
    @ValueSource(strings = {"buffers", "accept"})
    void servesOnWhenMemoryIsOutForConnectionsJustAccepted(String where) throws Exception {
        serve(true);
        AtomicInteger left = new AtomicInteger();
        if (where.equals("buffers")) {
            set("nioChannels", new SynchronizedStack<NioChannel>() {
                @Override
                public synchronized NioChannel pop() {
                    outOfMemory(left);
                    return super.pop();
                }
            });
        } else {
            set("serverSock", new Accepting((ServerSocketChannel) get("serverSock"), () -> outOfMemory(left)));
            // The acceptor is in the other one.
            isServed();
        }
        left.set(3);
        for (int i = 0; i < 3; i++) {
            try (RawClient client = new RawClient(connector.getLocalPort())) {
                client.send(ASK).patience(2_000).ending();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("reset");
            }
        }
        Await.until("three", () -> left.get() <= 0);

        isServed();
        assertThat(up()).isTrue();
        // But for the one that the acceptor waits for.
        Await.until("none is counted that is gone", () -> endpoint.getConnectionCount() <= 1);
        Await.until("nor by the guard", () -> rig.protocol.endpoint().registry().size() == 0);
    }

    private static void outOfMemory(AtomicInteger left) {
        if (left.getAndDecrement() > 0) {
            throw new OutOfMemoryError("of a test");
        }
    }

    private Object get(String field) throws ReflectiveOperationException {
        Field declared = NioEndpoint.class.getDeclaredField(field);
        declared.setAccessible(true);
        return declared.get(endpoint);
    }

    private void set(String field, Object value) throws ReflectiveOperationException {
        Field declared = NioEndpoint.class.getDeclaredField(field);
        declared.setAccessible(true);
        declared.set(endpoint, value);
    }

    /**
     * Without descriptors it can't be bound at first, and then its poller can't be made, for instance; here it is bound
     * late, and its poller may not have its priority.
     */
    @Test
    void aConnectorThatCouldNotStartLeavesNoSocketBound() throws Exception {
        serve(true);
        Connector another = TomcatGuard.connector(guard, 0);
        another.setPort(0);
        another.setProperty("bindOnInit", "false");
        another.setProperty("pollerThreadPriority", "99");
        rig.tomcat.getService().addConnector(another);
        int port = another.getLocalPort();
        assertThat(port).isPositive();
        rig.tomcat.getService().removeConnector(another);
        another.destroy();

        assertThatThrownBy(() -> new RawClient(port)).hasMessageContaining("refused");
        isServed();
    }

    @Tag("long")
    @Test
    void isDownWhenAThreadCanNotBeMadeAndUpWhenItCan() throws Exception {
        serve(true);
        workers.trouble = Trouble.NO_THREAD;
        isDownWhenClientsCome();
        workers.trouble = Trouble.NONE;
        Await.until("up", this::up);
        // What waited too long is why some are refused for a while.
        Await.until("level", () -> guard.snapshot().level() == io.tcpguard.state.Level.NORMAL);
        isServed();
    }

    /** By asynchronous I/O it is the operation that asks for a thread, not the endpoint. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"NO_THREAD", "NO_THREAD_FOR_WORKERS", "REJECTS"})
    void closesAConnectionOfHttp2ThatNoThreadCanBeMadeForAndServesOn(Trouble now) throws Exception {
        rig.connector.addUpgradeProtocol(new Http2Protocol());
        serve(true);
        Thread before = pollerThread();
        for (int i = 0; i < 4; i++) {
            try (Http2Client client = new Http2Client(connector.getLocalPort())) {
                client.get("/");
                workers.trouble = now;
                assertThatThrownBy(() -> client.get("/"))
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
            workers.trouble = Trouble.NONE;
            isServed();
        }
        assertThat(pollerThread()).isSameAs(before);
        Await.until("books are empty", () -> rig.protocol.getGuardedConnections() == 0);
    }

    /** What comes next on it is the application's, and asks for a thread as a request does. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"NO_THREAD", "NO_THREAD_FOR_WORKERS", "REJECTS"})
    void servesOnOrClosesAWebSocketThatNoThreadCanBeMadeFor(Trouble now) throws Exception {
        Sockets.serve((Context) rig.tomcat.getHost().findChildren()[0]);
        serve(true);
        Thread before = pollerThread();
        for (int i = 0; i < 4; i++) {
            Sockets.Talk talk = Sockets.talk(connector.getLocalPort());
            assertThat(talk.echoed("before")).isTrue();
            workers.trouble = now;
            boolean served = talk.echoed("meanwhile");
            workers.trouble = Trouble.NONE;
            // Who got an answer may be closed a moment later, when its end asks for a thread. One that nobody serves
            // any
            // more and that is left open would be worst.
            if (!served || !talk.echoed("after")) {
                // Asked of the server: the JDK's client does not always tell its listener of an end.
                Await.until("it is closed", () -> rig.protocol.getGuardedConnections() == 0);
            }
            // Work that found no thread is why some are refused for a while.
            Await.until("level", () -> guard.snapshot().level() == io.tcpguard.state.Level.NORMAL);
            isServed();
            talk.abort();
        }
        assertThat(pollerThread()).isSameAs(before);
        Await.until("books are empty", () -> rig.protocol.getGuardedConnections() == 0);
    }

    @Tag("long")
    @Test
    void ofAStockConnectorIsDownWhenAThreadCanNotBeMade() throws Exception {
        serve(false);
        workers.trouble = Trouble.NO_THREAD;
        isDownWhenClientsCome();
    }

    @Tag("long")
    @Test
    void isDownWhenTheExecutorRejectsEverythingAndUpWhenItDoesNoMore() throws Exception {
        serve(true);
        workers.trouble = Trouble.REJECTS;
        isDownWhenClientsCome();
        workers.trouble = Trouble.NONE;
        Await.until("up", this::up);
        // What waited too long is why some are refused for a while.
        Await.until("level", () -> guard.snapshot().level() == io.tcpguard.state.Level.NORMAL);
        isServed();
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isDownWhenTheCountOfConnectionsHasLeaked(boolean guarded) throws Exception {
        serve(guarded);
        Method count = AbstractEndpoint.class.getDeclaredMethod("countUpOrAwaitConnection");
        count.setAccessible(true);
        // Until it is full, whatever its limit is: then it blocks, and ends with the connector.
        Thread leak = new Thread(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    count.invoke(endpoint);
                }
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(e.getMessage(), e);
            }
        });
        leak.setDaemon(true);
        leak.start();
        Await.until("full", () -> leak.getState() == Thread.State.WAITING);
        for (int i = 0; i < 4; i++) {
            knock().send(ASK);
        }
        Await.until("down", () -> !up());
        assertThat(guard.snapshot().verdict().reason()).contains("accepted none of them");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isUpWithoutClientsAndWithThoseThatSayNothingOrHalfOfIt(boolean guarded) throws Exception {
        serve(guarded);
        TimeUnit.MILLISECONDS.sleep(1_500);
        assertThat(up()).isTrue();
        for (int i = 0; i < 20; i++) {
            RawClient client = knock();
            switch (i % 5) {
                case 0 -> client.send("G");
                case 1 -> client.send("GET / HTTP/1.1\r\nHost:");
                case 2 -> client.send("POST /async HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
                case 3 -> client.closeByReset();
                default -> {
                    // Silent.
                }
            }
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
        while (System.nanoTime() - end < 0) {
            assertThat(up()).as(guard.snapshot().verdict().reason()).isTrue();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"NO_THREAD", "REJECTS"})
    void isUpWhileMostGetNoWorkerAndSomeDo(Trouble now) throws Exception {
        serve(true);
        for (int i = 0; i < 25; i++) {
            workers.trouble = now;
            for (int k = 0; k < 8; k++) {
                try (RawClient client = new RawClient(connector.getLocalPort())) {
                    client.send(ASK).ending();
                }
            }
            workers.trouble = Trouble.NONE;
            isServed();
            assertThat(up()).isTrue();
            TimeUnit.MILLISECONDS.sleep(60);
        }
    }
}
