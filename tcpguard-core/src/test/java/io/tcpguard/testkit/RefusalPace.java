/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** How many newcomers a full server refuses in the same time, whatever they do meanwhile. */
public final class RefusalPace {
    /** So that they stay in the accept queue's bounds, and of no kind more come than are refused. */
    private static final int UNREFUSED = 100;

    /** Sockets of those who were refused, and hold on to their end. */
    private static final int HELD = 1_500;

    private static final long TURN = TimeUnit.MILLISECONDS.toNanos(1_000);

    private RefusalPace() {}

    /** What a newcomer does. None reads a byte. */
    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
    public enum Behaviour {
        WHOLE_HEAD("GET / HTTP/1.1\r\nHost: x\r\n\r\n", false),
        SILENT("", false),
        ONE_BYTE("G", false),
        BYTE_BY_BYTE("G", true),
        MUCH("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(60_000), false);

        final byte[] first;
        final boolean goesOn;

        Behaviour(String first, boolean goesOn) {
            this.first = first.getBytes(StandardCharsets.US_ASCII);
            this.goesOn = goesOn;
        }
    }

    /**
     * Of each kind in the same time.
     *
     * @param refused refusals so far, as the server counts them
     */
    public static Map<Behaviour, Long> of(int port, LongSupplier refused) throws IOException {
        Map<Behaviour, Long> pace = new EnumMap<>(Behaviour.class);
        // Whose paths are cold is slow, and that is not the question.
        for (Behaviour each : Behaviour.values()) {
            turn(port, refused, each);
        }
        // The better one of two: what else goes on in the machine is not the question, either.
        for (int i = 0; i < 2; i++) {
            for (Behaviour each : Behaviour.values()) {
                pace.merge(each, turn(port, refused, each), Math::max);
            }
        }
        return pace;
    }

    private static long turn(int port, LongSupplier refused, Behaviour behaviour) throws IOException {
        Deque<SocketChannel> held = new ArrayDeque<>();
        long before = refused.getAsLong();
        long came = 0;
        long begin = System.nanoTime();
        long drip = begin;
        try {
            while (System.nanoTime() - begin < TURN) {
                if (behaviour.goesOn && System.nanoTime() - drip > TimeUnit.MILLISECONDS.toNanos(500)) {
                    drip = System.nanoTime();
                    held.forEach(client -> write(client, "x".getBytes(StandardCharsets.US_ASCII)));
                }
                if (came - (refused.getAsLong() - before) >= UNREFUSED) {
                    LockSupport.parkNanos(200_000);
                    continue;
                }
                SocketChannel client = SocketChannel.open();
                held.add(client);
                came++;
                try {
                    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (IOException refusedAlready) {
                    continue;
                }
                client.configureBlocking(false);
                write(client, behaviour.first);
                if (held.size() > HELD) {
                    held.remove().close();
                }
            }
            return refused.getAsLong() - before;
        } finally {
            for (SocketChannel client : held) {
                client.close();
            }
            long last = came;
            Await.until("all were refused", () -> refused.getAsLong() - before >= last);
        }
    }

    private static void write(SocketChannel client, byte[] bytes) {
        try {
            client.write(ByteBuffer.wrap(bytes));
        } catch (IOException refused) {
            // It has been told.
        }
    }
}
