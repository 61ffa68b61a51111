/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.config.Setting;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A guarded server that runs out of memory, or says that it does not serve, when it is told to. Child of {@link DuressTest}. */
final class DuressChild {
    private static volatile boolean accepting = true;
    private static volatile boolean filling;

    private DuressChild() {}

    public static void main(String[] args) throws IOException {
        TcpGuard guard = TcpGuard.builder()
                .healthPort(0)
                .set(Setting.STALLED_AFTER, Duration.ofMillis(Long.parseLong(args[0])))
                .build()
                .start();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        int port = server.socket().getLocalPort();
        GuardedListener listener = guard.listen("main", port, new ListenerControl() {
            @Override
            public boolean accepting() {
                return accepting;
            }

            @Override
            public int backlog() {
                return 50;
            }
        });
        Thread acceptor = new Thread(() -> accept(server, listener), "acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
        System.out.println("> " + guard.healthPort() + " " + port);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "refuse" -> accepting = false;
                case "fill" -> {
                    filling = true;
                    for (int i = 0; i < 4; i++) {
                        new Thread(DuressChild::fill).start();
                    }
                }
                case "empty" -> filling = false;
                default -> {}
            }
            System.out.println("> " + threads());
        }
        guard.close();
    }

    private static void accept(ServerSocketChannel server, GuardedListener listener) {
        while (true) {
            try {
                SocketChannel accepted = server.accept();
                listener.accept(null);
                accepted.close();
            } catch (IOException | OutOfMemoryError e) {
                // Comes again.
            }
        }
    }

    /** As requests that take more and more, fail, and are followed by others: all memory, until it fails, again and again. */
    @SuppressWarnings("ModifiedButNotUsed") // what it holds is what it is for
    private static void fill() {
        List<byte[]> held = new ArrayList<>();
        while (filling) {
            try {
                held.add(new byte[1000]);
            } catch (OutOfMemoryError e) {
                held.clear();
            }
        }
    }

    private static String threads() {
        Thread[] all = new Thread[200];
        int n = Thread.enumerate(all);
        List<String> ours = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (all[i].getName().startsWith("tcpguard-")) {
                ours.add(all[i].getName());
            }
        }
        ours.sort(null);
        return String.join(" ", ours);
    }
}
