/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tcpguard.signal.Census;
import io.tcpguard.signal.TcpState;
import io.tcpguard.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SocketCensusTest {
    private static final long MINUTE = 60_000_000_000L;
    /** An own listener on 8080 with two half-open connections; another process's on 8081 with one. */
    private static final String TABLE =
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:1F90 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 1061 1 0 100 0
               1: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1062 1 0 100 0
               2: 0100007F:1F90 0100007F:8235 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
               3: 0100007F:1F90 0100007F:8236 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
               4: 0100007F:1F91 0100007F:8237 03 00000000:00000000 01:00000064 00000000     0        0 0 1 0
            """;

    private static final File PROC = new File("/proc");

    @Test
    void countsEstablishedAndCloseWaitByAskingTheSockets() throws IOException {
        SocketCalls calls = SocketCalls.choose();
        assumeThat(calls).as("Netty's native library for this processor").isNotNull();

        countsEstablishedAndCloseWait(calls);
    }

    @Test
    void countsTheSameByTheTableWhereNoSocketCanBeAsked() throws IOException {
        countsEstablishedAndCloseWait(null);
    }

    @Test
    void stopsWhenTheTimeIsUpAndSaysSo() throws IOException {
        List<Socket> open = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
            try {
                for (int i = 0; i < 100; i++) {
                    open.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
                }

                assertThat(new SocketCensus(PROC, true, SocketCalls.choose(), System::nanoTime)
                                .take(0)
                                .complete())
                        .isFalse();
                assertThat(new SocketCensus(PROC, true, null, System::nanoTime)
                                .take(0)
                                .complete())
                        .isFalse();
            } finally {
                for (Socket socket : open) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void countsHalfOpenConnectionsOfOwnListenersOnlyWhereAsked(@TempDir Path directory) throws IOException {
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", TABLE);
        Files.createSymbolicLink(directory.resolve("self/fd/7"), Path.of("socket:[1061]"));
        SocketCensus census = new SocketCensus(proc.root(), true, null, System::nanoTime);

        Census without = census.take(MINUTE);
        assertThat(without.halfOpen()).isFalse();
        assertThat(without.sockets()).isEqualTo(Map.of(TcpState.LISTEN, 1));

        Census with = census.takeWithHalfOpen(MINUTE);
        assertThat(with.halfOpen()).isTrue();
        assertThat(with.complete()).isTrue();
        assertThat(with.sockets()).isEqualTo(Map.of(TcpState.LISTEN, 1, TcpState.SYN_RECV, 2));
    }

    @Test
    void saysThatTheCountIsNotCompleteWhereARowIsTorn(@TempDir Path directory) {
        FakeProc proc = FakeProc.complete(directory).with("self/net/tcp", TABLE + "   5: 0100007F:1F90 01");
        SocketCensus census = new SocketCensus(proc.root(), true, null, System::nanoTime);

        assertThat(census.takeWithHalfOpen(MINUTE).complete()).isFalse();
    }

    @Test
    void saysWhyItCountedNothing() {
        assertThat(new SocketCensus(PROC, false, null, System::nanoTime)
                        .take(MINUTE)
                        .trouble())
                .contains("no Linux");
        assertThat(new SocketCensus(new File("/nowhere"), true, null, System::nanoTime)
                        .take(MINUTE)
                        .trouble())
                .contains("/nowhere/self/fd");
    }

    private static void countsEstablishedAndCloseWait(@Nullable SocketCalls calls) throws IOException {
        SocketCensus census = new SocketCensus(PROC, true, calls, System::nanoTime);
        Census before = census.take(MINUTE);
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Socket stays = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket acceptedFirst = listener.accept();
                Socket leaves = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket forgotten = listener.accept()) {
            assertThat(stays.isConnected() && acceptedFirst.isConnected() && forgotten.isConnected())
                    .isTrue();
            leaves.shutdownOutput();
            Census after = awaitCloseWait(census, before.in(TcpState.CLOSE_WAIT) + 1);

            assertThat(after.complete()).isTrue();
            assertThat(after.trouble()).isEmpty();
            assertThat(closing(after) - closing(before)).isEqualTo(1);
            assertThat(after.in(TcpState.LISTEN) - before.in(TcpState.LISTEN)).isEqualTo(1);
            assertThat(after.in(TcpState.ESTABLISHED) - before.in(TcpState.ESTABLISHED))
                    .isEqualTo(2);
        }
    }

    /** FIN_WAIT1 until the peer's kernel confirms, which it may put off. */
    private static int closing(Census census) {
        return census.in(TcpState.FIN_WAIT1) + census.in(TcpState.FIN_WAIT2);
    }

    private static Census awaitCloseWait(SocketCensus census, int expected) {
        return Await.value(() -> census.take(MINUTE), now -> now.in(TcpState.CLOSE_WAIT) == expected);
    }

    @Test
    void namesThePortsOnWhichThisProcessListens() throws IOException {
        SocketCensus census =
                new SocketCensus(new File("/proc"), new File("/proc/self/net/tcp").exists(), null, System::nanoTime);
        assumeTrue(new File("/proc/self/net/tcp").exists(), "needs Linux");
        try (ServerSocket server = new ServerSocket(0)) {
            census.take(TimeUnit.SECONDS.toNanos(30));

            assertThat(census.listening()).contains(server.getLocalPort());
        }
    }
}
