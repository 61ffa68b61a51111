/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import io.tcpguard.state.Level;
import io.tcpguard.testkit.Await;
import io.tcpguard.testkit.OpenDescriptors;
import io.tcpguard.testkit.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtherChecksTest {
    private final FakeView view = new FakeView();

    @Test
    void tellTheAgentCheckAllThreeWordsAndANewline() throws IOException {
        try (IoThread io = started(Map.of(Setting.AGENT_PORT, 0))) {
            assertThat(ask(io.agentPort())).isEqualTo("ready up 80%\n");

            view.down("leak: über 90 %\nsecond line");

            assertThat(ask(io.agentPort())).isEqualTo("ready down 0% # leak: ?ber 90 % second line\n");
            view.stale(true);
            assertThat(ask(io.agentPort())).isEqualTo("ready up 10%\n");
            assertThat(io.healthPort()).isEqualTo(-1);
            assertThat(io.checkers().all()).extracting(Checker::asks).containsOnly("agent");
        }
    }

    @Test
    void tellTheAgentThatSendsTextFirst() throws IOException {
        try (IoThread io = started(Map.of(Setting.AGENT_PORT, 0));
                Socket socket = Wire.connect(io.agentPort())) {
            Wire.send(socket, "web/s1\n");

            assertThat(Wire.readToEnd(socket)).isEqualTo("ready up 80%\n");
        }
    }

    @Test
    void answerADatagramWhileUpOnly() throws IOException {
        try (IoThread io = started(Map.of(Setting.UDP_PORT, 0));
                DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(Wire.DEADLINE_MILLIS);

            assertThat(answered(socket, io.udpPort(), 3)).isEqualTo("UP\n");
            assertThat(answered(socket, io.udpPort(), 500)).isEqualTo("UP\n");

            view.down("leak");
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> answered(socket, io.udpPort(), 3)).isInstanceOf(SocketTimeoutException.class);

            view.says(Level.NORMAL, null, 90, "well");
            socket.setSoTimeout(Wire.DEADLINE_MILLIS);
            assertThat(answered(socket, io.udpPort(), 3)).isEqualTo("UP\n");
        }
    }

    @Test
    void refuseConnectionsWhileDownWhereSetSo() throws IOException {
        OpenDescriptors before = OpenDescriptors.now();
        try (IoThread io = started(Map.of(Setting.HEALTH_PORT, 0, Setting.CLOSE_HEALTH_WHEN_DOWN, true))) {
            int port = io.healthPort();
            assertThat(Wire.get(port, "/")).startsWith("HTTP/1.1 200 ");
            int open = OpenDescriptors.now().since(before).size();

            for (int i = 0; i < 3; i++) {
                view.down("leak");
                Await.until("connections are refused", () -> refused(port));
                view.says(Level.NORMAL, null, 90, "well");
                Await.until("connections are taken", () -> !refused(port));
            }

            assertThat(Wire.get(port, "/")).startsWith("HTTP/1.1 200 ");
            assertThat(io.healthPort()).isEqualTo(port);
            Await.until(
                    "no descriptor is left behind",
                    () -> OpenDescriptors.now().since(before).size() <= open);
        }
    }

    @Test
    void keepTheClosedPortsDescriptorForItsReturn() {
        OpenDescriptors before = OpenDescriptors.now();
        try (IoThread io = started(Map.of(Setting.HEALTH_PORT, 0, Setting.CLOSE_HEALTH_WHEN_DOWN, true))) {
            int open = OpenDescriptors.now().since(before).size();
            view.down("leak");
            Await.until("connections are refused", () -> refused(io.healthPort()));

            Await.until(
                    "as many are held as before",
                    () -> OpenDescriptors.now().since(before).size() == open);
        }
    }

    private static boolean refused(int port) {
        try {
            Wire.connect(port).close();
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private IoThread started(Map<Setting, Object> settings) {
        IoThread io = IoThread.open(new GuardConfig(settings), view);
        io.start();
        return io;
    }

    private static String ask(int port) throws IOException {
        try (Socket socket = Wire.connect(port)) {
            return Wire.readToEnd(socket);
        }
    }

    private static String answered(DatagramSocket socket, int port, int length) throws IOException {
        socket.send(new DatagramPacket(new byte[length], length, InetAddress.getLoopbackAddress(), port));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        socket.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    }
}
