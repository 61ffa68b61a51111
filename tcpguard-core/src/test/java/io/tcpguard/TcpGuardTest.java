/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tcpguard.config.Setting;
import io.tcpguard.signal.Cause;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.Signal;
import io.tcpguard.signal.TcpState;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import io.tcpguard.state.GuardSnapshot;
import io.tcpguard.state.Level;
import io.tcpguard.state.SignalState;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.LogHandler;
import io.tcpguard.testkit.OpenDescriptors;
import io.tcpguard.testkit.Wire;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TcpGuardTest {

    @Test
    void knowsItsDescriptorsRightAfterTheStart() {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardSnapshot snapshot = guard.snapshot();

            assertThat(snapshot.blind()).isFalse();
            assertThat(snapshot.capacity().limit()).isPositive();
            assertThat(snapshot.capacity().used())
                    .isBetween(5L, snapshot.capacity().limit());
            assertThat(guard.admit()).isEqualTo(Admission.ADMIT);
        }
    }

    @Test
    void servesItsVerdictAndFollowsTheOperator() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            assertThat(status(guard)).isEqualTo(200);

            guard.drain("deploy");
            await(() -> !guard.snapshot().verdict().up());
            assertThat(status(guard)).isEqualTo(503);

            guard.resume();
            await(() -> guard.snapshot().verdict().up());
            assertThat(status(guard)).isEqualTo(200);
        }
    }

    @Test
    void tellsAdviceOnItsHealthPortWithTheBacklogInForce() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
                ServerSocket server = new ServerSocket(0, 7)) {
            assertThat(get(guard, "/advice"))
                    .startsWith("tcpguard doctor: this process")
                    .contains("listeners none known");

            guard.listen("http", server.getLocalPort(), () -> true);
            await(() -> queueKnown(guard, "http"));
            await(() -> get(guard, "/advice").contains("http on port " + server.getLocalPort() + ", in force 7"));

            assertThat(get(guard, "/advice")).contains("WARN  backlog = 7");
        }
    }

    private static boolean queueKnown(TcpGuard guard, String source) {
        SignalState queue = guard.snapshot().signals().stream()
                .filter(s -> s.reading().signal() == Signal.ACCEPT_QUEUE
                        && s.source().equals(source))
                .findFirst()
                .orElse(null);
        assumeThat(queue == null
                        || !(queue.reading() instanceof Reading.Unavailable u)
                        || u.cause() == Cause.NOTHING_TO_WATCH)
                .as("accept queues can be read here: " + queue)
                .isTrue();
        return queue != null && queue.reading() instanceof Reading.Measured;
    }

    @Test
    void tellsTheLastIncidentOnItsHealthPort() throws Exception {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            assertThat(get(guard, "/incident")).isEqualTo("Nothing has happened since the guard started.\n");

            guard.drain("deploy of version 7");
            await(() -> guard.snapshot().level() == Level.DRAIN);
            assertThat(get(guard, "/incident")).as("a deploy is none").startsWith("Nothing has happened");
            guard.resume();

            AtomicBoolean accepting = new AtomicBoolean(true);
            AtomicBoolean looked = new AtomicBoolean();
            ListenerControl control = () -> {
                looked.set(true);
                return accepting.get();
            };
            try (GuardedListener listener = guard.listen("http", 0, control)) {
                assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
                await(looked::get);
                accepting.set(false);
                await(() -> get(guard, "/incident").contains("listener http does not accept"));
            }
        }
    }

    private static String get(TcpGuard guard, String path) {
        return Wire.body(Wire.tryGet(guard.healthPort(), path));
    }

    @Test
    void countsItsOwnSocketsByStateForWhoAsks() throws IOException {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        TcpGuard guard = TcpGuard.builder().build();
        assertThat(guard.census().trouble()).isEqualTo("the guard does not run");
        try (guard;
                ServerSocket server = new ServerSocket(0)) {
            assertThat(server.isBound()).isTrue();
            Census census = guard.start().census();

            assertThat(census.trouble()).isEmpty();
            assertThat(census.halfOpen()).isTrue();
            assertThat(census.in(TcpState.LISTEN)).isPositive();
            assertThat(guard.status().trend()).isNotNull();
        }
    }

    @Test
    void showsSocketsTrendAndCountersInItsDetails() {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        String details = detailsOfAGuardThatJustStarted();
        // A process that gets no processor for 20 ms has not counted all of its sockets; the next count is ten seconds
        // later.
        for (int i = 0; i < 20 && details.contains("; at least: "); i++) {
            details = detailsOfAGuardThatJustStarted();
        }

        assertThat(details)
                .contains("trend: ")
                .containsPattern("sockets, .* s ago: .*LISTEN \\d+")
                .contains("closes without TIME_WAIT since the start: ")
                .contains("(PAWS) since the start: ");
    }

    private static String detailsOfAGuardThatJustStarted() {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            return get(guard, "/details");
        }
    }

    @Test
    void givesAllBackWhenTheHealthPortIsTaken() throws IOException {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        try (ServerSocket taken = new ServerSocket(0)) {
            TcpGuard first = TcpGuard.builder().healthPort(taken.getLocalPort()).build();
            assertThatThrownBy(first::start).isInstanceOf(IllegalStateException.class);
            OpenDescriptors before = OpenDescriptors.now();

            TcpGuard second =
                    TcpGuard.builder().healthPort(taken.getLocalPort()).build();
            assertThatThrownBy(second::start).isInstanceOf(IllegalStateException.class);

            assertThat(OpenDescriptors.now().since(before)).isEmpty();
        }
    }

    @Test
    @Tag("long")
    void obeysTheOperatorThoughTheSamplerIsStuck() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            try {
                guard.watchWork("blocks", task -> {
                    try {
                        stuck.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                await(() -> guard.healthPage(null, false).body().contains("stale"));
                assertThat(status(guard)).isEqualTo(200);

                guard.drain("deploy");
                assertThat(status(guard)).isEqualTo(503);
                guard.resume();
                assertThat(status(guard)).isEqualTo(200);
            } finally {
                stuck.countDown();
            }
        }
    }

    @Test
    void canBeDrainedBeforeItStarts() {
        TcpGuard guard = TcpGuard.builder().build();
        guard.drain("not yet");
        try (guard) {
            guard.start();

            assertThat(guard.snapshot().level()).isEqualTo(Level.DRAIN);
        }
    }

    @Test
    void isDownWhileAListenerDoesNotAcceptAndForgetsItWhenItIsClosed() {
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0)) {
            GuardedListener listener = guard.listen("http", server.getLocalPort(), () -> false);
            await(() -> !guard.snapshot().verdict().up());

            listener.close();
            await(() -> guard.snapshot().signals().stream()
                    .noneMatch(s -> s.reading().signal() == Signal.ACCEPT_QUEUE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tellsListenersOffTheSamplerThread() throws InterruptedException {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            CountDownLatch told = new CountDownLatch(1);
            String[] thread = new String[1];
            guard.onTransition(t -> {
                thread[0] = Thread.currentThread().getName();
                told.countDown();
            });
            guard.start();
            guard.drain("look");

            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(thread[0]).isEqualTo("tcpguard-listeners");
        }
    }

    @Test
    void namesTheHealthPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            TcpGuard guard = TcpGuard.builder().healthPort(taken.getLocalPort()).build();

            assertThatThrownBy(guard::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("healthPort")
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
            guard.close();
        }
    }

    @Test
    void keepsNoDescriptorOfAListenerThatIsGone() throws Exception {
        assumeThat(new File("/proc/self/fd")).as("Linux").exists();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            guard.listen("warm", 1, () -> true).close();
            long before = guard.snapshot().capacity().used();
            for (int i = 0; i < 50; i++) {
                guard.listen("comes and goes", 1, () -> true).close();
            }
            await(() -> guard.snapshot().capacity().used() <= before + 10);
        }
    }

    @Test
    void leavesNoThreadAndNoDescriptorAfterClose() {
        cycle();
        OpenDescriptors before = OpenDescriptors.now();
        for (int i = 0; i < 20; i++) {
            cycle();
        }

        await(() -> guardThreads().isEmpty());
        assertThat(OpenDescriptors.now().since(before)).isEmpty();
    }

    @Test
    void runsWithFourThreads() {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            assertThat(guard.healthPort()).isPositive();
            assertThat(guardThreads())
                    .containsExactlyInAnyOrder("tcpguard-sampler", "tcpguard-io", "tcpguard-listeners", "tcpguard-log");
        }
    }

    @Test
    void startsWithTheOddestSettingsThatAreAllowed() {
        for (Map<String, String> odd : List.of(
                Map.of("reserve", "1", "maxWorkDelay", "30s", "silentFloor", "30s", "stalledAfter", "1h"),
                Map.of("reserve", "1000000"),
                Map.of("elevatedAt", "0.04"),
                Map.of("minUsable", "0.9"),
                Map.of("stalledAfter", "1s"))) {
            GuardBuilder builder = TcpGuard.builder();
            odd.forEach(builder::set);
            try (TcpGuard guard = builder.build().start()) {
                assertThat(guard.admit()).as(odd.toString()).isEqualTo(Admission.ADMIT);
            }
        }
    }

    @Test
    void startsOnceAndNeverAgainAfterClose() {
        TcpGuard guard = TcpGuard.builder().build();
        guard.start();
        assertThat(guard.start()).isSameAs(guard);
        assertThat(guardThreads()).hasSize(4);
        guard.close();
        guard.close();

        assertThatThrownBy(guard::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(guard.admit()).isEqualTo(Admission.ADMIT);
    }

    @Test
    void refusesToListenBeforeTheStart() {
        try (TcpGuard guard = TcpGuard.builder().build()) {
            assertThatThrownBy(() -> guard.listen("http", 80, () -> true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("start()");
        }
    }

    @Test
    void takesSettingsByNameAndText() {
        TcpGuard guard = TcpGuard.builder()
                .set("idleFloor", "30s")
                .set("reclaim", "false")
                .build();

        assertThat(guard.config().nanos(Setting.IDLE_FLOOR))
                .isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(guard.config().flag(Setting.RECLAIM)).isFalse();
    }

    @Test
    void seesWorkThatWaits() {
        try (TcpGuard guard =
                TcpGuard.builder().set("maxWorkDelay", "50ms").build().start()) {
            guard.watchWork("stuck", task -> {});

            await(() -> guard.admit() == Admission.RESPOND);
            assertThat(guard.snapshot().leading()).isEqualTo(Signal.WORK_DELAY);
        }
    }

    @Test
    void knowsTheBacklogOfAListenerThatWasRegisteredAnew() throws IOException {
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            GuardedListener first = guard.listen("again", server.getLocalPort(), () -> true);
            GuardedListener second = guard.listen("again", server.getLocalPort(), () -> true);
            first.close();

            await(() -> guard.advice().text().contains("again"));
            second.close();
        }
    }

    @Test
    void doesNotLookForTheQueueOfASocketWithoutAPort() {
        try (TcpGuard guard = TcpGuard.builder().build().start();
                GuardedListener listener = guard.listen("unix", 0, () -> false)) {
            await(() -> !guard.snapshot().verdict().up());
            assertThat(guard.snapshot().signals())
                    .filteredOn(s -> s.source().equals("unix") && s.reading().signal() == Signal.ACCEPT_QUEUE)
                    .isNotEmpty()
                    .allMatch(s -> s.reading().toString().contains("no TCP port"));
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
        }
    }

    @Test
    void tellsWhatHappenedAndWhatItWouldSet() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            assertThat(guard.incident()).isEmpty();
            assertThat(guard.advice().text()).contains("descriptors");

            AtomicBoolean accepting = new AtomicBoolean(true);
            AtomicBoolean looked = new AtomicBoolean();
            ListenerControl control = () -> {
                looked.set(true);
                return accepting.get();
            };
            try (GuardedListener listener = guard.listen("http", 0, control)) {
                assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
                await(looked::get);
                accepting.set(false);
                await(() -> guard.incident().isPresent());
                assertThat(guard.incident().orElseThrow())
                        .contains("What happened")
                        .contains("listener http");
            }
        }
    }

    @Test
    void countsTheConnectionsOfARealListener() throws IOException {
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("plain", server.getLocalPort(), () -> true);
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            assertThat(listener.accept(client.getLocalAddress())).isEqualTo(Admission.ADMIT);
            var handle = listener.open(client.getLocalAddress(), how -> {});
            assertThat(accepted.isConnected()).isTrue();

            await(() -> guard.snapshot().capacity().own() == 1);
            handle.closed();
            await(() -> guard.snapshot().capacity().own() == 0);
        }
    }

    @Test
    @Tag("long")
    void saysOnceInTheLogThatASignalWasLost() {
        List<String> log = new CopyOnWriteArrayList<>();
        Handler handler = new LogHandler(record -> log.add(record.getLevel() + " " + record.getMessage()));
        Logger logger = Logger.getLogger("io.tcpguard.TcpGuard");
        logger.addHandler(handler);
        AtomicInteger asked = new AtomicInteger();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            guard.watchWork("stubborn", new AbstractExecutorService() {
                @Override
                public boolean isShutdown() {
                    if (asked.incrementAndGet() > 3) {
                        throw new IllegalStateException("no more");
                    }
                    return false;
                }

                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void shutdown() {}

                @Override
                public List<Runnable> shutdownNow() {
                    return List.of();
                }

                @Override
                public boolean isTerminated() {
                    return false;
                }

                @Override
                public boolean awaitTermination(long timeout, TimeUnit unit) {
                    return false;
                }
            });
            await(() -> log.stream().anyMatch(line -> line.contains("cannot see any more")));
            int then = asked.get();
            await(() -> asked.get() > then + 10);

            assertThat(log.stream().filter(line -> line.contains("WORK_DELAY of stubborn")))
                    .containsExactly("WARNING tcpguard cannot see any more: WORK_DELAY of stubborn (FAILED:"
                            + " java.lang.IllegalStateException: no more)");
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void takesTheApplicationsWordForPortsThatWereNotThere() {
        assumeThat(new File("/proc/sys/net/ipv4/ip_local_port_range"))
                .as("Linux")
                .exists();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            guard.connectFailed(new ConnectException("Connection refused"));
            assertThat(guard.status().connectsWithoutPort()).isZero();

            guard.connectFailed(new BindException("Cannot assign requested address"));

            assertThat(guard.status().connectsWithoutPort()).isEqualTo(1);
            await(() -> guard.snapshot().signals().stream()
                    .anyMatch(state -> state.reading().signal() == Signal.EPHEMERAL_PORTS
                            && state.reading().pressure() >= 1
                            && state.level() == Level.ELEVATED));
        }
    }

    @Test
    void countsConnectionsAsClientsThatItWasNotAskedAbout() throws IOException {
        AtomicInteger untrackedConnections = new AtomicInteger(3);
        try (TcpGuard guard = TcpGuard.builder().build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                GuardedListener listener = guard.listen("stock", server.getLocalPort(), new ListenerControl() {
                    @Override
                    public boolean accepting() {
                        return true;
                    }

                    @Override
                    public int untrackedConnections() {
                        return untrackedConnections.get();
                    }
                })) {
            await(() -> guard.snapshot().capacity().own() == 3);
            untrackedConnections.set(1);
            await(() -> guard.snapshot().capacity().own() == 1);
            assertThat(listener.retryAfterSeconds()).isPositive();
        }
    }

    @Test
    void takesAListenerThatIsFullByItsOwnSettingsForNoStalledOne() throws IOException {
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicInteger looks = new AtomicInteger();
        try (TcpGuard guard =
                        TcpGuard.builder().set("stalledAfter", "1s").build().start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            guard.listen("full", server.getLocalPort(), new ListenerControl() {
                @Override
                public boolean accepting() {
                    looks.incrementAndGet();
                    return true;
                }

                @Override
                public boolean full() {
                    return full.get();
                }
            });
            try (Socket waiting = new Socket(server.getInetAddress(), server.getLocalPort())) {
                assertThat(waiting.isConnected()).isTrue();
                await(() -> waitsIn(guard, "full"));
                int then = looks.get();
                await(() -> looks.get() > then + 80);
                assertThat(guard.snapshot().verdict().up()).isTrue();

                full.set(false);
                await(() -> guard.snapshot().verdict().reason().contains("has accepted none of them"));
            }
        }
    }

    private static boolean waitsIn(TcpGuard guard, String source) {
        queueKnown(guard, source);
        return guard.snapshot().signals().stream()
                .anyMatch(s ->
                        s.source().equals(source) && s.reading() instanceof Reading.Measured queue && queue.used() > 0);
    }

    private static void cycle() {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
                ServerSocket server = new ServerSocket(0)) {
            guard.listen("http", server.getLocalPort(), () -> true);
            guard.watchWork("own", Runnable::run);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int status(TcpGuard guard) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + guard.healthPort() + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static List<String> guardThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(n -> n.startsWith("tcpguard-"))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        Await.until("what the guard does", condition::getAsBoolean);
    }
}
