/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.Setting;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.spi.WatchedWork;
import io.tcpguard.state.Admission;
import io.tcpguard.state.ListenerStatus;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.OpenDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopAndStartTest {

    @Test
    void forgetsADrainAndHealthIsUpAgain() {
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build().start()) {
            guard.drain("stopping");
            guard.stop();
            assertThat(guard.healthPort()).isEqualTo(-1);
            assertThat(guard.healthPage(null, false).up()).isTrue();
            guard.start();
            assertThat(guard.healthPort()).isPositive();
            assertThat(guard.healthPage(null, false).up()).isTrue();
            assertThat(guard.snapshot().verdict().up()).isTrue();
        }
    }

    @Test
    void saysNothingOfAListenerOfBeforeThatDoesNotAccept() {
        ListenerControl gone = new ListenerControl() {
            @Override
            public boolean accepting() {
                return false;
            }

            @Override
            public int backlog() {
                return 10;
            }
        };
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardedListener before = guard.listen("gone", 1, gone);
            guard.stop();
            guard.start();
            assertThat(guard.snapshot().verdict().up()).isTrue();
            assertThat(before.accept(InetAddress.getLoopbackAddress())).isEqualTo(Admission.ADMIT);
            before.close();
        }
    }

    /** As on a server that runs on while its guard is stopped and started: by an operator, or around a checkpoint. */
    @Test
    void listenersThatRunOnComeUnderGuardAgainWithTheirConnections() {
        OpenSocket socket = new OpenSocket();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardedListener listener = guard.listen("on", 1, socket);
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            ConnectionHandle before = listener.open(InetAddress.getLoopbackAddress(), how -> {});
            guard.stop();
            ConnectionHandle meanwhile = listener.open(InetAddress.getLoopbackAddress(), how -> {});
            ConnectionHandle short1 = listener.open(InetAddress.getLoopbackAddress(), how -> {});
            short1.closed();
            short1.closed();
            guard.start();
            assertThat(guard.status().listeners())
                    .extracting(ListenerStatus::name)
                    .containsExactly("on");
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(listener.accepts()).isEqualTo(2);
            assertThat(listener.askAgain(null, 1))
                    .as("waited while nothing ran")
                    .isEqualTo(Admission.ADMIT);
            assertThat(listener.giveUp(1)).isEqualTo(Admission.CLOSE);
            ConnectionHandle after = listener.open(InetAddress.getLoopbackAddress(), how -> {});
            Await.until(
                    "three own connections", () -> guard.snapshot().capacity().own() == 3);
            before.closed();
            meanwhile.closed();
            Await.until("one own connection", () -> guard.snapshot().capacity().own() == 1);
            after.closed();
            listener.close();
            assertThat(guard.status().listeners()).isEmpty();
            guard.stop();
            guard.start();
            assertThat(guard.status().listeners()).isEmpty();
        }
    }

    @Test
    void aListenerThatDidNotAcceptAtTheStartIsKnownFromItsNextConnectionOn() {
        OpenSocket socket = new OpenSocket();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardedListener listener = guard.listen("paused", 1, socket);
            socket.accepts = false;
            guard.stop();
            assertThat(listener.acceptOrWait(null)).isEqualTo(Admission.ADMIT);
            guard.start();
            assertThat(guard.status().listeners()).isEmpty();
            socket.accepts = true;
            assertThat(listener.acceptOrWait(InetAddress.getLoopbackAddress())).isEqualTo(Admission.ADMIT);
            listener.open(InetAddress.getLoopbackAddress(), how -> {});
            assertThat(guard.status().listeners()).hasSize(1);
        }
    }

    @Test
    void executorsAreWatchedAgain() throws Exception {
        AtomicInteger probes = new AtomicInteger();
        AtomicInteger ofNoListener = new AtomicInteger();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardedListener listener = guard.listen("on", 1, new OpenSocket());
            WatchedWork work = listener.watchWork("pool", counting(probes));
            AutoCloseable other = guard.watchWork("other", counting(ofNoListener));
            for (int i = 0; i < 2; i++) {
                guard.stop();
                int before = probes.get();
                int otherBefore = ofNoListener.get();
                guard.start();
                Await.until("probe tasks again", () -> probes.get() > before && ofNoListener.get() > otherBefore);
            }
            assertThat(work.admitRequest(null)).isEqualTo(Admission.ADMIT);
            work.close();
            other.close();
            guard.stop();
            int before = probes.get() + ofNoListener.get();
            guard.start();
            guard.stop();
            assertThat(probes.get() + ofNoListener.get()).isEqualTo(before);
        }
    }

    /** As the JDK throws at the limit. It ends neither the application's start nor an acceptor. */
    @Test
    void anErrorOfAServerWhileItIsTakenOverReachesNobody() {
        OpenSocket socket = new OpenSocket();
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            GuardedListener listener = guard.listen("on", 1, socket);
            AutoCloseable other = guard.watchWork("other", Runnable::run);
            guard.stop();
            socket.trouble = true;
            guard.start();
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(guard.status().listeners()).isEmpty();
            socket.trouble = false;
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(guard.status().listeners()).hasSize(1);
            assertThat(other).isNotNull();
        }
    }

    @Test
    void nothingIsRefusedForWorkThatWasLateBeforeTheStop() {
        try (TcpGuard guard = TcpGuard.builder()
                .set("stalledAfter", "1s")
                .set("maxWorkDelay", "100ms")
                .set("queueWait", "0s")
                .build()
                .start()) {
            OpenSocket socket = new OpenSocket();
            GuardedListener listener = guard.listen("late", 1, socket);
            WatchedWork work = listener.watchWork("stuck", task -> {});
            Await.until("refused", () -> listener.admitRequest(null) == Admission.RESPOND);
            assertThat(work.admitRequest(null)).isEqualTo(Admission.RESPOND);
            socket.accepts = false;
            guard.stop();
            guard.start();
            assertThat(listener.admitRequest(null)).isEqualTo(Admission.ADMIT);
            assertThat(work.admitRequest(null)).isEqualTo(Admission.ADMIT);
            work.close();
            socket.accepts = true;
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(guard.status().listeners()).hasSize(1);
            assertThat(listener.admitRequest(null)).isEqualTo(Admission.ADMIT);
        }
    }

    private static Executor counting(AtomicInteger runs) {
        return task -> {
            runs.incrementAndGet();
            task.run();
        };
    }

    private static final class OpenSocket implements ListenerControl {
        volatile boolean accepts = true;
        volatile boolean trouble;

        @Override
        public boolean accepting() {
            if (trouble) {
                throw new InternalError("of a test");
            }
            return accepts;
        }

        @Override
        public int backlog() {
            if (trouble) {
                throw new InternalError("of a test");
            }
            return 10;
        }
    }

    @Test
    void doesNotStartAgainAfterClose() {
        TcpGuard guard = TcpGuard.builder().build().start();
        guard.close();
        guard.stop();
        assertThatThrownBy(guard::start).isInstanceOf(IllegalStateException.class);
    }

    /** In turn those of the log, which can be done without; of listeners, of the health port and of the sampler. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void leavesNothingOpenWhereAThreadCannotBeMadeAndStartsWhenItCan(int which) {
        TcpGuard.builder().healthPort(0).build().start().close();
        OpenDescriptors before = OpenDescriptors.now();
        AtomicInteger made = new AtomicInteger();
        InheritableThreadLocal<Integer> asked = new InheritableThreadLocal<>() {
            @Override
            protected Integer childValue(Integer parents) {
                if (made.incrementAndGet() == which) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return parents;
            }
        };
        asked.set(0);
        try (TcpGuard guard = TcpGuard.builder().healthPort(0).build()) {
            if (which > 1) {
                assertThatThrownBy(guard::start).isInstanceOf(OutOfMemoryError.class);
                assertThat(OpenDescriptors.now().since(before)).isEmpty();
            }
            guard.start();
            assertThat(guard.healthPort()).isPositive();
        } finally {
            asked.remove();
        }
        assertThat(made).hasValueGreaterThanOrEqualTo(4);
        assertThat(OpenDescriptors.now().since(before)).isEmpty();
    }

    @Test
    void admitsEverybodyAndOpensNothingWhereItIsSwitchedOff() throws Exception {
        off(TcpGuard.builder().healthPort(0).set("enabled", "false").build());
    }

    @Test
    void isSwitchedOffByTheSystemPropertyWhateverTheProgramSays() throws Exception {
        System.setProperty("tcpguard.enabled", "FALSE");
        try {
            off(TcpGuard.builder()
                    .healthPort(7777)
                    .set(Setting.AGENT_PORT, 7777)
                    .set(Setting.ENABLED, true)
                    .build());
            assertThat(Setting.parse(Map.of("elevatedAt", "high"))).isEqualTo(Map.of(Setting.ENABLED, false));
        } finally {
            System.clearProperty("tcpguard.enabled");
        }
    }

    @Test
    void showsAnOperatorsReasonAsOneShortLine() {
        try (TcpGuard guard = TcpGuard.builder().build().start()) {
            guard.drain(" Übung\r\nweight: 100\u001b[2J \u202e\u2028\ud800 ");
            assertThat(guard.status().drainReason()).hasValue("Übung??weight: 100?[2J ???");
            guard.drain("x".repeat(100_000));
            assertThat(guard.status().drainReason().orElseThrow()).hasSize(200);
        }
    }

    @Test
    void namesEachOfSeveralTextsThatAreWrong() {
        assertThatThrownBy(() -> Setting.parse(Map.of("elevatedAt", "high", "notice", "soon")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("elevatedAt=high (expected: ")
                .hasMessageContaining("notice=soon (expected: a duration");
    }

    private static void off(TcpGuard guard) throws Exception {
        try (guard;
                ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            guard.start();
            assertThat(guard.healthPort()).isEqualTo(-1);
            assertThat(guard.healthPage(null, false).up()).isTrue();
            assertThat(guard.admit()).isEqualTo(Admission.ADMIT);
            GuardedListener listener = guard.listen("x", server.socket().getLocalPort(), new ListenerControl() {
                @Override
                public boolean accepting() {
                    return false;
                }

                @Override
                public int backlog() {
                    return 10;
                }
            });
            assertThat(listener.accept(null)).isEqualTo(Admission.ADMIT);
            assertThat(listener.acceptOrWait(null)).isEqualTo(Admission.ADMIT);
            ConnectionHandle handle = listener.open(null, how -> {
                throw new AssertionError("nobody is evicted");
            });
            assertThat(handle.begin()).isTrue();
            handle.end();
            handle.closed();
            guard.watchWork("x", task -> {
                        throw new AssertionError("no probe");
                    })
                    .close();
            refuses(listener, server);
            listener.close();
        }
    }

    private static void refuses(GuardedListener listener, ServerSocketChannel server) throws IOException {
        try (Socket client = new Socket(
                        InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
                SocketChannel accepted = server.accept()) {
            listener.refuse(accepted, Admission.RESPOND);
            assertThat(accepted.isOpen()).isFalse();
            client.setSoTimeout(5000);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            throw new AssertionError(e);
        }
    }
}
