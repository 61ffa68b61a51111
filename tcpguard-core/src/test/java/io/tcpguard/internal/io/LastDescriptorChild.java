/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.io;

import io.tcpguard.TcpGuard;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process whose threads take each descriptor as soon as there is one, with a health port: the guard's, or one as an
 * application makes it. Child of {@link LastDescriptorTest}.
 */
final class LastDescriptorChild {
    private static final int OPENERS = 8;
    private static final FileInputStream[] TAKEN = new FileInputStream[100_000];

    private static int taken;
    private static volatile boolean taking;
    private static volatile long pauseNanos;

    private LastDescriptorChild() {}

    /**
     * Arguments: "guarded" or "stock", and the milliseconds of a pause. Says its ports; each line of its input begins
     * to take, or gives all back.
     */
    public static void main(String[] args) throws IOException {
        pauseNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1]));
        if (args[0].equals("guarded")) {
            TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
            System.out.println("> " + guard.healthPort());
        } else {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread answering = new Thread(() -> answer(server), "stock");
            answering.setDaemon(true);
            answering.start();
            System.out.println("> " + server.socket().getLocalPort());
        }
        for (int b = System.in.read(); b >= 0; b = System.in.read()) {
            if (b == 't') {
                taking = true;
                for (int i = 0; i < OPENERS; i++) {
                    Thread opener = new Thread(LastDescriptorChild::take, "opener");
                    opener.setDaemon(true);
                    opener.start();
                }
            } else if (b == 'g') {
                taking = false;
                giveBack();
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void take() {
        while (taking) {
            try {
                FileInputStream one = new FileInputStream("/dev/null");
                synchronized (TAKEN) {
                    TAKEN[taken++] = one;
                }
            } catch (IOException noneLeft) {
                LockSupport.parkNanos(pauseNanos);
            }
        }
    }

    private static void giveBack() throws IOException {
        synchronized (TAKEN) {
            while (taken > 0) {
                TAKEN[--taken].close();
            }
        }
    }

    private static void answer(ServerSocketChannel server) {
        byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocate(4096);
        while (true) {
            try (SocketChannel client = server.accept()) {
                client.read(request.clear());
                client.write(ByteBuffer.wrap(answer));
            } catch (IOException noneLeft) {
                Thread.onSpinWait();
            }
        }
    }
}
