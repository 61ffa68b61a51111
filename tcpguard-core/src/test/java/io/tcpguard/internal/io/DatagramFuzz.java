/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.config.GuardConfig;
import io.tcpguard.config.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Datagrams for the UDP check, over a real socket: never a larger answer, never an answer to an answer, none is kept.
 */
public final class DatagramFuzz {
    private static final byte[] UP = "UP\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST = 60_000;

    private static long now = Long.MAX_VALUE - 5;
    private static final IoThread GUARD = IoThread.openCold(
            new GuardConfig(Map.of(Setting.UDP_PORT, 0, Setting.HEALTH_ADDRESS, "127.0.0.1")),
            new FakeView(),
            () -> now);
    private static final DatagramChannel CLIENT = client();

    private DatagramFuzz() {}

    /** Called by a fuzzer, and for each saved input. */
    public static void fuzzerTestOneInput(byte[] data) {
        // Quotas are by the second.
        now += 1_000_000_000L;
        int length = Math.min(LONGEST, data.length);
        try {
            CLIENT.send(
                    ByteBuffer.wrap(data, 0, length),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), GUARD.udpPort()));
            GUARD.cycle();
            ByteBuffer answer = ByteBuffer.allocate(512);
            boolean answered = CLIENT.receive(answer) != null;
            answer.flip();
            boolean isOurs = length == 0 || startsAlike(data, Math.min(UP.length - 1, length));
            if (answered
                    && (answer.remaining() > length || isOurs || !startsAlike(answer.array(), answer.remaining()))) {
                throw new AssertionError("answered by " + answer.remaining() + " bytes to " + length);
            }
            if (!answered && !isOurs) {
                throw new AssertionError("no answer to " + length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean startsAlike(byte[] data, int compared) {
        for (int i = 0; i < compared; i++) {
            if (data[i] != UP[i]) {
                return false;
            }
        }
        return true;
    }

    private static DatagramChannel client() {
        try {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
