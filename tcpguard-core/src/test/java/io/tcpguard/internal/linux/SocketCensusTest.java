package io.tcpguard.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SocketCensusTest {
    private static final long MINUTE = 60_000_000_000L;
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Census last = census.take(MINUTE);
        while (last.in(TcpState.CLOSE_WAIT) != expected) {
            assertThat(System.nanoTime() - deadline).as(last.toString()).isNegative();
            last = census.take(MINUTE);
        }
        return last;
    }
}
