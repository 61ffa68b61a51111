/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers each request that ends with an empty line by the same text; no text: closes each connection at once. */
public final class TinyServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final byte[] answer;

    public TinyServer(String answer) throws IOException {
        this.answer = answer.getBytes(StandardCharsets.US_ASCII);
        daemon(this::accept);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Connections that are open on this side. */
    public long open() {
        return sockets.stream().filter(s -> !s.isClosed()).count();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                if (answer.length == 0) {
                    socket.close();
                } else {
                    daemon(() -> serve(socket));
                }
            } catch (IOException e) {
                // Closed: the test is over.
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int tail = 0;
            int b = in.read();
            while (b >= 0) {
                tail = tail << 8 | b;
                if (tail == 0x0d0a0d0a) {
                    socket.getOutputStream().write(answer);
                    if (new String(answer, StandardCharsets.US_ASCII).contains("Connection: close")) {
                        return;
                    }
                }
                b = in.read();
            }
        } catch (IOException e) {
            // The client has gone; so does this end.
            return;
        }
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body, "tiny");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
