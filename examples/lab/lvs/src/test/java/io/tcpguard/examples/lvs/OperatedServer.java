/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.lvs;

import io.tcpguard.GuardBuilder;
import io.tcpguard.TcpGuard;
import io.tcpguard.spi.ConnectionHandle;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.state.Admission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A guarded server on port 8080 that does what its standard input says: drain, resume, leak N, drip N (a second, 180 at
 * most), mend. Ends with its input.
 */
final class OperatedServer {
    private static final int MOST_DRIPPED = 180;

    private OperatedServer() {}

    public static void main(String[] settings) throws IOException {
        GuardBuilder builder = TcpGuard.builder();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            builder.set(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try (TcpGuard guard = builder.build().start();
                ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(8080));
                GuardedListener listener = guard.listen("main", 8080, server::isOpen)) {
            Thread acceptor = new Thread(() -> accept(server, listener), "acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            System.out.println("ready");
            obey(guard);
        }
    }

    private static void obey(TcpGuard guard) throws IOException {
        Deque<DatagramChannel> leaked = new ConcurrentLinkedDeque<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "drain" -> guard.drain("by hand");
                case "resume" -> guard.resume();
                case "leak" -> {
                    for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                        leaked.add(DatagramChannel.open());
                    }
                }
                case "drip" -> {
                    Thread drip = new Thread(() -> drip(leaked, Integer.parseInt(words[1])), "drip");
                    drip.setDaemon(true);
                    drip.start();
                }
                case "mend" -> {
                    while (!leaked.isEmpty()) {
                        leaked.remove().close();
                    }
                }
                default ->
                    throw new IllegalArgumentException(line + " (expected: drain, resume, leak N, drip N or mend)");
            }
        }
    }

    private static void drip(Deque<DatagramChannel> leaked, int perSecond) {
        try {
            for (int i = 0; i < MOST_DRIPPED; i++) {
                leaked.add(DatagramChannel.open());
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1) / perSecond);
            }
        } catch (IOException e) {
            System.out.println("drip: " + e);
        }
    }

    /** Nobody comes here: it accepts, so that health has something to speak about. */
    private static void accept(ServerSocketChannel server, GuardedListener listener) {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Admission decision = listener.accept(null);
                if (decision.refused()) {
                    listener.refuse(client, decision);
                } else {
                    ConnectionHandle handle = listener.open(null, how -> {});
                    client.close();
                    handle.closed();
                }
            } catch (IOException e) {
                System.out.println("acceptor: " + e);
            }
        }
    }
}
