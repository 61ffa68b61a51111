/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.spi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.state.Admission;
import io.tcpguard.testkit.FakeControl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As an adapter's accept loop uses them, over a real socket. */
class NioConnectionsTest {
    private final FakeControl guard = new FakeControl();
    private final GuardedListener listener = guard.listen("test", 1, () -> true);
    private final NioConnections connections = new NioConnections();
    private final ServerSocketChannel server;
    private final Socket client = new Socket();

    NioConnectionsTest() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @BeforeEach
    void connect() throws IOException {
        client.connect(server.getLocalAddress(), 5_000);
        client.setSoTimeout(5_000);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private NioConnection accepted() throws IOException {
        return requireNonNull(connections.accept(listener, server.accept(), true, () -> true));
    }

    @Test
    void keepsAConnectionFromItsAcceptToItsEnd() throws IOException {
        NioConnection connection = accepted();
        assertThat(guard.lastHandle().source).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(connections.size()).isEqualTo(1);
        connection.received();
        connection.sent(true, true);
        assertThat(guard.lastHandle().touched).hasValue(1);
        assertThat(guard.lastHandle().sent).hasValue(1);
        connection.closed();
        assertThat(guard.lastHandle().isClosed()).isTrue();
        assertThat(connections.size()).isZero();
    }

    @Test
    void handsWhoIsRefusedToTheGuard() throws IOException {
        guard.connections = Admission.RESPOND;
        SocketChannel channel = server.accept();
        assertThat(connections.accept(listener, channel, false, () -> true)).isNull();
        assertThat(guard.refused).containsExactly(channel);
        assertThat(connections.size()).isZero();
        channel.close();
    }

    @Test
    void closesAChannelThatTheServerDoesNotKnowYet() throws IOException {
        NioConnection connection = accepted();
        assertThat(guard.lastHandle().evict(Closing.ORDERLY)).isTrue();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> connection.servedBy(() -> {})).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void closesByTheServerOnceThatKnowsIt() throws IOException {
        NioConnection connection = accepted();
        connection.servedBy(connection::closed);
        assertThat(guard.lastHandle().evict(Closing.RESET)).isTrue();
        assertThat(guard.lastHandle().isClosed()).isTrue();
    }

    @Test
    void sparesOneWhoseBytesNobodyHasRead() throws IOException {
        NioConnection connection = accepted();
        assertThat(connection.inProgress()).isFalse();
        client.getOutputStream().write('G');
        while (!connection.inProgress()) {
            Thread.onSpinWait();
        }
        assertThat(connection.inProgress()).isTrue();
    }

    @Test
    void endsWhatStandsStillButNotWhatMoves() throws IOException {
        NioConnection connection = accepted();
        connection.requests().begin();
        assertThat(connections.endStalledWork(0, 9, Closing.RESET)).isZero();
        connection.sent(false, false);
        assertThat(guard.lastHandle().unfinished).isTrue();
        assertThat(connections.endStalledWork(Long.MAX_VALUE, 9, Closing.RESET)).isZero();
        connection.received();
        assertThat(connection.stalledFor(System.nanoTime())).isZero();
        assertThat(connections.endStalledWork(0, 0, Closing.RESET)).isZero();
        assertThat(connections.endStalledWork(0, 9, Closing.RESET)).isEqualTo(1);
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void hearsOnceThatAClientSpeaksForOthersAndForgetsBodiesWithTheLastRequest() throws IOException {
        RequestsInProgress requests = accepted().requests();
        assertThat(requests.asked()).isFalse();
        assertThat(requests.begin("Forwarded"::equalsIgnoreCase)).isTrue();
        assertThat(guard.lastHandle().forwards).isTrue();
        requests.waitsForBody(true);
        assertThat(requests.waitsForClient()).isTrue();
        requests.end();
        requests.begin();
        assertThat(requests.waitsForClient()).isFalse();
        requests.waitsForBody(false);
        requests.waitsForBody(true);
        assertThat(requests.waitsForClient()).isTrue();
    }

    @Test
    void tellsHowToAnswerWhoseRequestIsRefused() throws IOException {
        NioConnection connection = accepted();
        assertThat(connection.refuseRequest()).isZero();
        guard.requests = Admission.RESPOND;
        assertThat(connection.refuseRequest()).isEqualTo(2);
        assertThat(guard.refusedRequests).hasValue(1);
        assertThat(Refusal.WORK.headers(2))
                .containsEntry("Retry-After", "2")
                .containsEntry("X-Tcpguard", "refused; cause=work");
    }
}
