/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The least that an answer can cost in Java: one thread that accepts, reads, writes 503 and closes, and is nothing
 * else.
 */
final class BareLoop {
    private static final byte[] ANSWER =
            "HTTP/1.1 503 \r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private BareLoop() {}

    /** Returns its port. */
    static int start() throws IOException {
        ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> serve(server), "accept");
        thread.setDaemon(true);
        thread.start();
        return server.getLocalPort();
    }

    private static void serve(ServerSocket server) {
        byte[] request = new byte[1024];
        while (true) {
            try (Socket client = server.accept()) {
                if (client.getInputStream().read(request) > 0) {
                    client.getOutputStream().write(ANSWER);
                }
            } catch (IOException e) {
                // A client that has gone; the next one.
                System.err.println("bare loop: " + e);
            }
        }
    }
}
