/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Users who came before and go on asking, each on one connection, and a check of health beside them. */
final class Sessions implements AutoCloseable {
    private static final int USERS = 8;
    private static final long PAUSE_MILLIS = 100;
    /** An address of its own, as each has: whom the tools share theirs with may be pushed out of the health port. */
    private static final String BALANCER = "127.0.0.8";

    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final List<Socket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<String> failedChecks = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private volatile boolean over;

    Sessions(ChildServer server) throws IOException {
        for (int i = 0; i < USERS; i++) {
            Socket socket = connect("127.0.0.1", server.port);
            sockets.add(socket);
            ask(socket);
            start("user", () -> {
                while (!over) {
                    try {
                        ask(socket);
                        answers.incrementAndGet();
                    } catch (IOException e) {
                        if (!over) {
                            lost.add(e.toString());
                        }
                        return;
                    }
                    pause();
                }
            });
        }
        if (server.healthPort >= 0) {
            start("check", () -> {
                while (!over) {
                    checks.incrementAndGet();
                    try (Socket socket = connect(BALANCER, server.healthPort)) {
                        socket.getOutputStream().write(REQUEST);
                        byte[] answer = socket.getInputStream().readNBytes(12);
                        if (!new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
                            failedChecks.add(new String(answer, StandardCharsets.US_ASCII));
                        }
                    } catch (IOException e) {
                        failedChecks.add(e.toString());
                    }
                    pause();
                }
            });
        }
    }

    private void start(String who, Runnable deed) {
        Thread thread = new Thread(deed, who);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Socket connect(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Reads up to the two bytes of the page. */
    private static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST);
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nok") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("ended after <" + answer + ">");
            }
            answer.append((char) b);
        }
        if (!answer.toString().startsWith("HTTP/1.1 200")) {
            throw new IOException("answered <" + answer + ">");
        }
    }

    int lost() {
        return lost.size();
    }

    int answers() {
        return answers.get();
    }

    int checks() {
        return checks.get();
    }

    List<String> failedChecks() {
        return failedChecks;
    }

    @Override
    public String toString() {
        return answers + " answers to " + USERS + " users, lost " + lost + "; " + checks + " checks, failed "
                + failedChecks;
    }

    @Override
    public void close() throws IOException {
        over = true;
        for (Socket socket : sockets) {
            socket.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
