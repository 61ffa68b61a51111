/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One client of a {@link Flood}: never blocks, says what it has to say once it is connected. */
final class FloodClient {
    private final SocketChannel channel;
    private final StringBuilder answer = new StringBuilder();
    private ByteBuffer toSend;
    private long since = System.nanoTime();
    private boolean closed;

    FloodClient(InetSocketAddress server, String text) throws IOException {
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        toSend = bytes(text);
        try {
            channel.connect(server);
        } catch (IOException e) {
            closed = true;
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Says one more thing; its age and its answer begin again. */
    void ask(String text) {
        toSend = bytes(text);
        answer.setLength(0);
        since = System.nanoTime();
    }

    /** Goes on with what is to do, and reads no more than fits. */
    void proceed(ByteBuffer buffer) {
        try {
            if (closed || !(channel.isConnected() || channel.finishConnect())) {
                return;
            }
            channel.write(toSend);
            int n = channel.read(buffer);
            if (n > 0) {
                answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            }
            closed = n < 0;
        } catch (IOException e) {
            closed = true;
        }
    }

    boolean connected() {
        return channel.isConnected();
    }

    /** By its server, after whatever it answered. */
    boolean closed() {
        return closed;
    }

    boolean answered() {
        return answer.indexOf("\r\n\r\n") > 0;
    }

    /** By the guard, Jetty or nobody; 0: no answer. */
    int status() {
        return answered() ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    long ageNanos() {
        return System.nanoTime() - since;
    }

    void close() throws IOException {
        channel.close();
    }
}
