/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.Setting;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import io.tcpguard.state.Admission;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

    @Test
    void doesNotStartAgainAfterClose() {
        TcpGuard guard = TcpGuard.builder().build().start();
        guard.close();
        guard.stop();
        assertThatThrownBy(guard::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void admitsEverybodyAndOpensNothingWhereItIsSwitchedOff() throws Exception {
        off(TcpGuard.builder().healthPort(0).set("enabled", "false").build());
    }

    @Test
    void isSwitchedOffByTheSystemPropertyWhateverTheProgramSays() throws Exception {
        System.setProperty("tcpguard.enabled", "FALSE");
        try {
            off(TcpGuard.builder().healthPort(0).set(Setting.ENABLED, true).build());
        } finally {
            System.clearProperty("tcpguard.enabled");
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
