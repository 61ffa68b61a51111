/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients that hold connections, users who came before them and work on, and one who comes anew again and again: what
 * each of these finds. Whoever of the crowd is turned away comes back.
 */
final class Flood implements AutoCloseable {
    private static final int USERS = 4;
    private static final int ANSWER_MILLIS = 6_000;
    private static final long LATE = TimeUnit.SECONDS.toNanos(14);
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What one of the crowd sends, and that it then sits. */
    enum Abuse {
        SILENT(""),
        ONE_REQUEST_AND_SIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        HALF_A_REQUEST("GET / HTTP/1.1\r\nHost: a\r\nX-"),
        HALF_A_BODY("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf"),
        SLOW_READER("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");

        private final String text;

        Abuse(String text) {
            this.text = text;
        }
    }

    private final JettyChild server;
    private final InetSocketAddress address;
    private final List<Socket> users = new ArrayList<>();
    private final List<SocketChannel> crowd = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(4096);
    private final boolean checksHealth;

    int lost;
    int answers;
    int served;
    /** Of these, who came when the crowd had sat there for longer than the guard's minimum idle time of ten seconds. */
    int servedLate;

    int refused;
    /** Newcomers that heard nothing for six seconds. */
    int hung;

    int failedChecks;
    int mostDescriptors;

    Flood(JettyChild server, boolean checksHealth) throws Exception {
        this.server = server;
        this.checksHealth = checksHealth;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        for (int i = 0; i < USERS; i++) {
            Socket user = connect();
            users.add(user);
            ask(user);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.setSoLinger(true, 0);
        socket.connect(address, ANSWER_MILLIS);
        return socket;
    }

    /** The status; 0: closed without one. */
    private static int ask(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST);
        byte[] answer = new byte[4096];
        int got = 0;
        while (!new String(answer, 0, got, StandardCharsets.US_ASCII).contains("\r\n\r\n")) {
            int n = socket.getInputStream().read(answer, got, answer.length - got);
            if (n < 0) {
                return 0;
            }
            got += n;
        }
        return Integer.parseInt(new String(answer, 9, 3, StandardCharsets.US_ASCII));
    }

    /** Holds {@code clients} connections for so long. */
    void run(Abuse abuse, int clients, int seconds) throws Exception {
        Thread newcomer = new Thread(() -> comeAnew(seconds), "newcomer");
        newcomer.start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int round = 0; System.nanoTime() - end < 0; round++) {
            come(abuse, clients);
            dropTheClosed(abuse);
            mostDescriptors = Math.max(mostDescriptors, server.openDescriptors());
            if (round % 10 == 0) {
                askAsUsers();
                if (checksHealth) {
                    checkHealth();
                }
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        newcomer.join();
    }

    private void come(Abuse abuse, int clients) throws IOException {
        // Not all in one burst: the accept queue is short.
        for (int i = 0; i < 8 && crowd.size() < clients; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            channel.configureBlocking(false);
            try {
                channel.connect(address);
                channel.finishConnect();
                channel.write(ByteBuffer.wrap(abuse.text.getBytes(StandardCharsets.US_ASCII)));
                crowd.add(channel);
            } catch (IOException | java.nio.channels.NotYetConnectedException e) {
                channel.close();
            }
        }
    }

    private void dropTheClosed(Abuse abuse) throws IOException {
        if (abuse == Abuse.SLOW_READER) {
            return; // To find out it would have to read.
        }
        for (Iterator<SocketChannel> all = crowd.iterator(); all.hasNext(); ) {
            SocketChannel channel = all.next();
            int n;
            try {
                n = channel.read(buffer.clear());
            } catch (IOException e) {
                n = -1;
            }
            if (n < 0) {
                channel.close();
                all.remove();
            }
        }
    }

    private void askAsUsers() {
        for (Iterator<Socket> all = users.iterator(); all.hasNext(); ) {
            Socket user = all.next();
            try {
                if (ask(user) == 200) {
                    answers++;
                    continue;
                }
            } catch (IOException e) {
                // Lost, too.
            }
            lost++;
            all.remove();
        }
    }

    private void checkHealth() throws Exception {
        try (Socket check = new Socket()) {
            check.setSoTimeout(ANSWER_MILLIS);
            check.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.healthPort()), ANSWER_MILLIS);
            failedChecks += ask(check) == 200 ? 0 : 1;
        } catch (IOException e) {
            failedChecks++;
        }
    }

    private void comeAnew(int seconds) {
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0) {
            boolean late = System.nanoTime() - start > LATE;
            try (Socket socket = connect()) {
                if (ask(socket) == 200) {
                    served++;
                    servedLate += late ? 1 : 0;
                } else {
                    refused++;
                }
            } catch (SocketTimeoutException e) {
                hung++;
            } catch (IOException e) {
                refused++;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public String toString() {
        return answers + " answers to " + USERS + " users, " + lost + " of them lost; newcomers: " + served
                + " served (" + servedLate + " late), "
                + refused + " refused, " + hung + " hung; " + failedChecks + " failed checks; descriptors "
                + mostDescriptors;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : crowd) {
            channel.close();
        }
        for (Socket user : users) {
            user.close();
        }
    }
}
