/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gives one {@link Client} its socket: carries out its acts, tells it what happened. Only the load's thread touches it.
 */
final class ListEntry {
    private final Client client;
    private final InetSocketAddress server;
    private final Selector selector;
    private final byte[] request;
    private AnswerReader reader = new AnswerReader();
    private @Nullable SocketChannel channel;

    ListEntry(Client client, InetSocketAddress server, Selector selector) {
        this.client = client;
        this.server = server;
        this.selector = selector;
        this.request = ("GET / HTTP/1.1\r\nHost: " + server.getHostString() + ":" + server.getPort()
                        + "\r\nUser-Agent: box\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    void onTime(long now) {
        if (client.deadline() <= now) {
            carryOut(client.onTimer(now), now);
        }
    }

    void onReady(SelectionKey key, ByteBuffer buffer, long now) {
        SocketChannel open = channel;
        if (open == null || !key.isValid()) {
            return;
        }
        try {
            if (key.isConnectable()) {
                open.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                carryOut(client.onConnected(now), now);
            } else if (key.isReadable()) {
                read(open, buffer, now);
            }
        } catch (IOException e) {
            gone(now);
        }
    }

    private void read(SocketChannel open, ByteBuffer buffer, long now) throws IOException {
        buffer.clear();
        if (open.read(buffer) < 0) {
            gone(now);
            return;
        }
        buffer.flip();
        while (buffer.hasRemaining() && channel == open) {
            int status = reader.take(buffer);
            if (status < 0) {
                gone(now);
            } else if (status > 0) {
                carryOut(client.onAnswer(status, now), now);
            }
        }
    }

    private void carryOut(Act act, long now) {
        switch (act) {
            case NONE -> {}
            case CONNECT -> connect(now);
            case SEND -> send(request.length, now);
            case SEND_A_BYTE -> send(1, now);
            case CLOSE -> close();
        }
    }

    private void connect(long now) {
        SocketChannel opened = open();
        channel = opened;
        reader = new AnswerReader();
        try {
            boolean connected = opened.connect(server);
            opened.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (connected) {
                carryOut(client.onConnected(now), now);
            }
        } catch (IOException e) {
            gone(now);
        }
    }

    /** A failure here is this process's own, no server's: it ends the load. */
    private static SocketChannel open() {
        try {
            SocketChannel opened = SocketChannel.open();
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("the demo itself can't open a socket; see ulimit -n", e);
        }
    }

    private void send(int bytes, long now) {
        SocketChannel open = channel;
        try {
            // Less than a hundred bytes into an empty buffer: always whole.
            if (open == null || open.write(ByteBuffer.wrap(request, 0, bytes)) < bytes) {
                gone(now);
            }
        } catch (IOException e) {
            gone(now);
        }
    }

    private void gone(long now) {
        close();
        client.onGone(now);
    }

    void close() {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
