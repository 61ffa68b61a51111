/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.config.Setting;
import io.tcpguard.spi.GuardedListener;
import io.tcpguard.spi.ListenerControl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A guarded server that runs out of memory, or says that it does not serve, when it is told to. Child of {@link
 * DuressTest}.
 */
final class DuressChild {
    /** What an application's own health page would say. */
    private static final ByteBuffer ANSWER =
            ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

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
        // A word's first letter tells it, and nothing is allocated to read it: memory may be out, and who tells us to
        // end that must be heard.
        int first = 0;
        for (int b = heard(); b >= 0; b = heard()) {
            if (b != '\n') {
                first = first == 0 ? b : first;
                continue;
            }
            while (!done(first)) {
                Thread.onSpinWait();
            }
            first = 0;
        }
        guard.close();
    }

    private static int heard() throws IOException {
        while (true) {
            try {
                return System.in.read();
            } catch (OutOfMemoryError e) {
                // What was to be read is there still.
            }
        }
    }

    /** False: memory is out, and it must be done again. */
    private static boolean done(int word) {
        try {
            switch (word) {
                case 'r' -> accepting = false;
                case 'f' -> {
                    if (!filling) {
                        filling = true;
                        for (int i = 0; i < 4; i++) {
                            new Thread(DuressChild::fill).start();
                        }
                    }
                }
                case 'e' -> filling = false;
                default -> {}
            }
            System.out.println("> " + threads());
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private static void accept(ServerSocketChannel server, GuardedListener listener) {
        while (true) {
            try {
                SocketChannel accepted = server.accept();
                listener.accept(null);
                ANSWER.rewind();
                accepted.write(ANSWER);
                accepted.close();
            } catch (IOException | OutOfMemoryError e) {
                // Comes again.
            }
        }
    }

    /**
     * As requests that take more and more, fail, and are followed by others: all memory, until it fails, again and
     * again.
     */
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
