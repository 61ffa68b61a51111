/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the accepting thread does by itself: no I/O thread runs here. */
class AnswerAtTheDoorTest {
    private final List<Socket> clients = new ArrayList<>();
    private ServerSocketChannel server;
    private IoThread io;

    @BeforeEach
    void open() throws IOException {
        io = IoThread.openCold(new GuardConfig(Map.of()), new FakeView(), System::nanoTime);
        io.openRefusals();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
        io.close();
        assertThat(io.refusalsHeld()).isZero();
    }

    @Test
    void answersWhoHasSpoken() throws IOException {
        Socket client = received();

        assertThat(refuse(acceptSpoken())).isEqualTo(Admission.RESPOND);

        assertThat(client.getInputStream().readNBytes(13)).asString().isEqualTo("HTTP/1.1 503 ");
        assertThat(io.refusalsHeld()).isEqualTo(1);
    }

    @Test
    void givesThePlaceOfOneWhoLeftToTheNext() throws IOException {
        for (int i = 0; i < 20; i++) {
            Socket client = received();

            assertThat(refuse(acceptSpoken())).isEqualTo(Admission.RESPOND);

            assertThat(client.getInputStream().readNBytes(13)).asString().isEqualTo("HTTP/1.1 503 ");
            client.close();
        }
    }

    @Test
    void resetsTheNextWhileTheClientOfTheOnlyPlaceStays() throws IOException {
        Socket stays = received();
        refuse(acceptSpoken());
        received();

        assertThat(refuse(acceptSpoken())).isEqualTo(Admission.RESET);

        assertThat(stays.getInputStream().readNBytes(13)).asString().isEqualTo("HTTP/1.1 503 ");
        assertThat(io.refusalsHeld()).isEqualTo(1);
    }

    @Test
    void leavesWhoHasNotSpokenToTheIoThread() throws IOException {
        Socket client = connected();
        refuse(accept());
        io.cycle();
        Wire.send(client, "GET / HTTP/1.1\r\n\r\n");

        io.cycle();

        assertThat(client.getInputStream().readNBytes(13)).asString().isEqualTo("HTTP/1.1 503 ");
    }

    @Test
    void leavesWhoDoesNotCloseSoonToTheIoThread() throws IOException {
        Socket client = received();
        SocketChannel accepted = acceptSpoken();
        refuse(accepted);
        Await.until("the I/O thread has taken over", () -> {
            cycle();
            return accepted.isRegistered();
        });

        client.close();

        Await.until("its end was seen", () -> {
            cycle();
            return !accepted.isOpen();
        });
    }

    private void cycle() {
        try {
            io.cycle();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Admission refuse(SocketChannel accepted) {
        return io.refuse(accepted, Admission.RESPOND, 1, 1);
    }

    private Socket received() throws IOException {
        Socket client = connected();
        Wire.send(client, "GET / HTTP/1.1\r\n\r\n");
        return client;
    }

    private Socket connected() throws IOException {
        Socket client = Wire.connect(server.socket().getLocalPort());
        clients.add(client);
        return client;
    }

    private SocketChannel accept() throws IOException {
        return server.accept();
    }

    /** Returns when what the client sent is here. */
    private SocketChannel acceptSpoken() throws IOException {
        SocketChannel accepted = accept();
        Await.until("the request is here", () -> {
            try {
                return accepted.socket().getInputStream().available() > 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return accepted;
    }
}
