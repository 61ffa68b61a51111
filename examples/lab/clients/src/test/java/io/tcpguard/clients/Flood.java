/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask once, sit there, and come again when refused; more than the server has descriptors for. */
final class Flood implements AutoCloseable {
    private static final int CLIENTS = 400;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final Thread thread = new Thread(this::run, "flood");
    private volatile boolean over;

    Flood(int port) {
        this.port = port;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        List<SocketChannel> held = new ArrayList<>();
        ByteBuffer read = ByteBuffer.allocate(4096);
        try {
            while (!over) {
                if (held.size() < CLIENTS) {
                    held.add(come());
                }
                for (Iterator<SocketChannel> all = held.iterator(); all.hasNext(); ) {
                    SocketChannel client = all.next();
                    if (ended(client, read.clear())) {
                        client.close();
                        all.remove();
                    }
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            for (SocketChannel client : held) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SocketChannel come() throws IOException {
        SocketChannel client = SocketChannel.open();
        client.bind(new InetSocketAddress("127.0.0.2", 0));
        client.configureBlocking(false);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return client;
    }

    /** Asks once it is connected; true once the server has ended it. */
    private static boolean ended(SocketChannel client, ByteBuffer read) {
        try {
            if (client.isConnected()) {
                return client.read(read) < 0;
            }
            if (client.finishConnect()) {
                client.write(ByteBuffer.wrap(REQUEST));
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
