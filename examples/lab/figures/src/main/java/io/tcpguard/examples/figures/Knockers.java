/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Clients that each ask one thing, a few at once. On one thread with a selector: a server that refuses is quick, and
 * while it waited for slower clients, what it does for itself would be counted for more than it is.
 */
final class Knockers implements AutoCloseable {
    private static final int AT_ONCE = 16;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ByteBuffer request =
            ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST).flip();
    private final ByteBuffer read = ByteBuffer.allocateDirect(1024);
    private final InetSocketAddress server;
    private final long end;
    private long lookedAt = System.nanoTime();
    private int left;
    private int open;
    private Knocks sum = new Knocks(0, 0, 0, 0);

    /** One client, and what it has heard. */
    private static final class Client {
        final long since = System.nanoTime();
        final StringBuilder head = new StringBuilder();
    }

    Knockers(InetSocketAddress server, int count, int mostSeconds) throws IOException {
        this.server = server;
        left = count;
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(mostSeconds);
    }

    Knocks knock() throws IOException {
        while (mayBegin() || open > 0) {
            while (mayBegin() && open < AT_ONCE) {
                begin();
            }
            selector.select(this::go, TimeUnit.NANOSECONDS.toMillis(LOOK));
            long now = System.nanoTime();
            if (now - lookedAt >= LOOK) {
                lookedAt = now;
                loseThePatient(now);
            }
        }
        return sum;
    }

    private boolean mayBegin() {
        return left > 0 && System.nanoTime() - end < 0;
    }

    private void begin() throws IOException {
        left--;
        open++;
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, new Client());
        try {
            if (channel.connect(server)) {
                ask(key, channel);
            }
        } catch (IOException e) {
            over(channel, new Knocks(0, 1, 0, 0));
        }
    }

    private void ask(SelectionKey key, SocketChannel channel) throws IOException {
        channel.write(request.duplicate());
        key.interestOps(SelectionKey.OP_READ);
    }

    private void go(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                ask(key, channel);
            } else {
                hear(channel, (Client) Objects.requireNonNull(key.attachment()));
            }
        } catch (IOException e) {
            over(channel, new Knocks(0, 1, 0, 0));
        }
    }

    /** The 503 of all servers here has no body: it is whole with its empty line. */
    private void hear(SocketChannel channel, Client client) throws IOException {
        read.clear();
        if (channel.read(read) < 0) {
            over(channel, new Knocks(0, 1, 0, 0));
            return;
        }
        client.head.append(StandardCharsets.US_ASCII.decode(read.flip()));
        if (client.head.indexOf("\r\n\r\n") >= 0) {
            boolean refused = client.head.indexOf("HTTP/1.1 503 ") == 0;
            over(channel, refused ? new Knocks(1, 0, 0, 0) : new Knocks(0, 0, 0, 1));
        }
    }

    private void loseThePatient(long now) {
        for (SelectionKey key : selector.keys()) {
            Client client = (Client) Objects.requireNonNull(key.attachment());
            if (key.isValid() && now - client.since > PATIENCE) {
                over((SocketChannel) key.channel(), new Knocks(0, 0, 1, 0));
            }
        }
    }

    private void over(SocketChannel channel, Knocks heard) {
        open--;
        sum = sum.plus(heard);
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("figures: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
