/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Admission;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The I/O thread's work, one round at a time: the test is the thread. */
class ChecksBeforeRefusalsTest {
    private static final int REFUSED = 3 * IoLoop.REFUSALS + 5;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final List<Socket> refused = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private ServerSocketChannel server;
    private IoThread io;

    @BeforeEach
    void open() throws IOException {
        io = IoThread.openCold(new GuardConfig(Map.of(Setting.HEALTH_PORT, 0)), new FakeView(), clock::get);
        io.openRefusals();
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REFUSED);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : refused) {
            client.close();
        }
        server.close();
        io.close();
    }

    @Test
    void answersACheckBeforeConnectionsThatWereHandedInEarlier() throws IOException {
        for (int i = 0; i < REFUSED; i++) {
            Wire.send(handIn(), REQUEST);
        }

        assertThatACheckIsAnsweredBeforeThem();

        allAreAnswered();
    }

    @Test
    void answersACheckBeforeClientsOfTheDeskThatSpokeEarlier() throws IOException {
        for (int i = 0; i < REFUSED; i++) {
            handIn();
        }
        for (int taken = 0; taken < REFUSED; taken += IoLoop.REFUSALS) {
            io.cycle();
        }
        for (Socket client : refused) {
            Wire.send(client, REQUEST);
        }

        assertThatACheckIsAnsweredBeforeThem();

        allAreAnswered();
    }

    @Test
    void answersACheckBeforeConnectionsWhoseTimeIsUp() throws IOException {
        for (int i = 0; i < REFUSED; i++) {
            handIn();
        }
        for (int taken = 0; taken < REFUSED; taken += IoLoop.REFUSALS) {
            io.cycle();
        }
        clock.addAndGet(TimeUnit.MINUTES.toNanos(1));

        try (Socket check = asked()) {
            int rounds = roundsUntilAnswered(check);

            assertThat(io.refusalsHeld()).isGreaterThanOrEqualTo(REFUSED - rounds * IoLoop.REFUSALS);
        }
    }

    /** Not more than a few of them in each round that it took. */
    private void assertThatACheckIsAnsweredBeforeThem() throws IOException {
        try (Socket check = asked()) {
            int rounds = roundsUntilAnswered(check);

            assertThat(answered()).isLessThanOrEqualTo(rounds * IoLoop.REFUSALS);
        }
    }

    private Socket asked() throws IOException {
        Socket check = Wire.connect(io.healthPort());
        Wire.send(check, REQUEST);
        return check;
    }

    /** Once, unless the kernel is late with the request or the answer. */
    private int roundsUntilAnswered(Socket check) throws IOException {
        for (int rounds = 1; rounds < 100; rounds++) {
            io.cycle();
            if (check.getInputStream().available() > 0) {
                return rounds;
            }
        }
        throw new AssertionError("the check is not answered");
    }

    private void allAreAnswered() throws IOException {
        for (int rounds = 0; rounds < 100 && answered() < REFUSED; rounds++) {
            io.cycle();
        }
        assertThat(answered()).isEqualTo(REFUSED);
    }

    private int answered() throws IOException {
        int answered = 0;
        for (Socket client : refused) {
            answered += client.getInputStream().available() > 0 ? 1 : 0;
        }
        return answered;
    }

    private Socket handIn() throws IOException {
        Socket client = Wire.connect(server.socket().getLocalPort());
        refused.add(client);
        assertThat(io.refuse(server.accept(), Admission.RESPOND, 1, RefusalResponder.SLOTS))
                .isEqualTo(Admission.RESPOND);
        return client;
    }
}
