/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What comes by datagrams may be forged, sender and all. */
class UdpChecksTest {
    private static final int SILENCE_MILLIS = 100;

    private final FakeView view = new FakeView();
    private long now = Long.MAX_VALUE - 5;

    @Test
    void aDatagramFromTheGuardsOwnPortIsNotAnswered() throws IOException {
        try (IoThread io = guard();
                DatagramSocket us = new DatagramSocket(0, InetAddress.getByName("127.0.0.3"))) {
            // From another address with the same port, as a server of the same farm has it.
            try (DatagramSocket neighbour = new DatagramSocket(new InetSocketAddress("127.0.0.2", io.udpPort()))) {
                assertThat(asked(io, neighbour, "check")).isEmpty();
            }
            assertThat(asked(io, us, "check")).isEqualTo("UP\n");
        }
    }

    @Test
    void whatLooksLikeAnAnswerOrIsEmptyIsNotAnswered() throws IOException {
        try (IoThread io = guard();
                DatagramSocket us = new DatagramSocket()) {
            assertThat(asked(io, us, "UP\n")).isEmpty();
            assertThat(asked(io, us, "UP")).isEmpty();
            assertThat(asked(io, us, "U")).isEmpty();
            assertThat(asked(io, us, "UP\nUP\nUP\n")).isEmpty();
            assertThat(asked(io, us, "")).isEmpty();
            assertThat(asked(io, us, "are you UP\n")).isEqualTo("UP\n");
        }
    }

    @Test
    void twoGuardsThatAreMadeToTalkFallSilentAfterOneAnswer() throws IOException {
        try (IoThread one = guard();
                IoThread other = guard();
                DatagramSocket between = new DatagramSocket()) {
            // One answers whom it takes for a client; what it says, brought to the other, ends there.
            String said = asked(one, between, "x?x?");
            assertThat(said).isEqualTo("UP\n");
            assertThat(asked(other, between, said)).isEmpty();
            assertThat(asked(one, between, said)).isEmpty();
        }
    }

    @Test
    void anAnswerIsNeverLargerThanWhatWasAsked() throws IOException {
        try (IoThread io = guard();
                DatagramSocket us = new DatagramSocket()) {
            assertThat(asked(io, us, "?")).isEqualTo("U");
            assertThat(asked(io, us, "??")).isEqualTo("UP");
            assertThat(asked(io, us, "?".repeat(400))).isEqualTo("UP\n");
        }
    }

    @Test
    void answersToOneSourceAreCountedByTheSecond() throws IOException {
        try (IoThread io = guard();
                DatagramSocket us = new DatagramSocket()) {
            int answers = 0;
            for (int i = 0; i < 3 * UdpQuota.A_SOURCE; i++) {
                answers += asked(io, us, "check").isEmpty() ? 0 : 1;
                us.setSoTimeout(answers == UdpQuota.A_SOURCE ? 1 : SILENCE_MILLIS);
            }
            assertThat(answers).isEqualTo(UdpQuota.A_SOURCE);

            now += 1_000_000_000L;
            us.setSoTimeout(Wire.DEADLINE_MILLIS);
            assertThat(asked(io, us, "check")).isEqualTo("UP\n");
        }
    }

    @Test
    void forgedDatagramsCountForNothing() throws IOException {
        try (IoThread io = guard();
                DatagramSocket us = new DatagramSocket()) {
            for (int i = 0; i < 20; i++) {
                asked(io, us, "check");
                now += 25_000_000_000L;
            }
            assertThat(io.checkers().observedIntervalNanos()).isZero();
        }
    }

    private IoThread guard() {
        Map<Setting, Object> settings = Map.of(Setting.UDP_PORT, 0, Setting.HEALTH_ADDRESS, "127.0.0.1");
        return IoThread.openCold(new GuardConfig(settings), view, () -> now);
    }

    /** The answer, or nothing. The guard goes round as often as it takes. */
    private static String asked(IoThread io, DatagramSocket from, String payload) throws IOException {
        byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
        from.send(new DatagramPacket(
                bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), io.udpPort())));
        // Over loopback it is there when send returns.
        io.execute(() -> {});
        io.cycle();
        if (from.getSoTimeout() == 0) {
            from.setSoTimeout(SILENCE_MILLIS);
        }
        DatagramPacket answer = new DatagramPacket(new byte[1000], 1000);
        try {
            from.receive(answer);
        } catch (SocketTimeoutException e) {
            return "";
        }
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    }
}
