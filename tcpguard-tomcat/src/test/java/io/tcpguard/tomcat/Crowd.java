/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.tomcat;

import io.tcpguard.testkit.SelfSigned;
import io.tcpguard.testkit.TlsHandshake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Abnormal clients, all on one thread. Whoever is turned away comes back. Counts how each attempt ended, as its client
 * saw it.
 */
final class Crowd implements AutoCloseable {
    private static final long TICK_MILLIS = 10;
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long SIP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Pattern WHOLE_503 = Pattern.compile(
            "HTTP/1\\.1 503 .*\\r\\nRetry-After: [12]\\r\\n.*\\r\\n\\r\\n.*",
            Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private final InetSocketAddress server;
    private final Abuse abuse;
    private volatile int clients;
    private final int perTick;
    private final int sources;
    private final @Nullable SSLContext tls;
    private final boolean leavesAtOnce;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(4096);
    private final Thread thread;
    private volatile boolean leaving;
    private volatile IOException trouble = new IOException("none");

    final AtomicInteger attempts = new AtomicInteger();
    /** Got something else than a refusal. */
    final AtomicInteger admitted = new AtomicInteger();
    /** Read a whole 503 with Retry-After. */
    final AtomicInteger answered = new AtomicInteger();
    /** Closed without an answer, or in the middle of it. */
    final AtomicInteger unanswered = new AtomicInteger();

    private final AtomicInteger inside = new AtomicInteger();

    /** @param perSecond most new attempts in a second */
    Crowd(int port, Abuse abuse, int clients, int perSecond, boolean leavesAtOnce) throws IOException {
        this(port, abuse, clients, perSecond, leavesAtOnce, 1);
    }

    /** @param sources how many addresses they come from: 127.0.0.1 and those after it */
    Crowd(int port, Abuse abuse, int clients, int perSecond, boolean leavesAtOnce, int sources) throws IOException {
        this(port, abuse, clients, perSecond, leavesAtOnce, sources, null);
    }

    /** After a handshake each, with records of TLS. */
    static Crowd overTls(int port, Abuse abuse, int clients, int perSecond) throws IOException {
        return new Crowd(port, abuse, clients, perSecond, false, 1, SelfSigned.trusting());
    }

    private Crowd(
            int port,
            Abuse abuse,
            int clients,
            int perSecond,
            boolean leavesAtOnce,
            int sources,
            @Nullable SSLContext tls)
            throws IOException {
        this.tls = tls;
        this.sources = sources;
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.abuse = abuse;
        this.clients = clients;
        this.leavesAtOnce = leavesAtOnce;
        perTick = (int) Math.max(1, perSecond * TICK_MILLIS / 1000);
        thread = new Thread(this::run, "crowd");
        thread.setDaemon(true);
        thread.start();
    }

    private static final class Client {
        final StringBuilder answer = new StringBuilder();
        final long since = System.nanoTime();
        long sippedAt = since;
        boolean connected;
        boolean isIn;
        /** Until it is over. */
        @Nullable TlsHandshake handshake;
    }

    private void run() {
        try {
            long next = System.nanoTime();
            while (!leaving) {
                long wait = TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime());
                if (wait > 0) {
                    selector.select(this::ready, wait);
                } else {
                    selector.selectNow(this::ready);
                    next = Math.max(next + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), System.nanoTime());
                    tick();
                }
            }
        } catch (IOException e) {
            trouble = e;
        }
    }

    private void tick() throws IOException {
        long now = System.nanoTime();
        for (SelectionKey key : selector.keys()) {
            Client client = (Client) key.attachment();
            if (!key.isValid()) {
                continue;
            }
            if (!client.connected && now - client.since > CONNECT_NANOS) {
                drop(key);
            } else if (client.isIn && abuse == Abuse.SLOW_READER && now - client.sippedAt > SIP_NANOS) {
                client.sippedAt = now;
                read(key, client, 64);
            }
        }
        for (int i = 0; i < perTick && inside.get() < clients; i++) {
            come();
        }
    }

    private void come() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        // They end by a reset: thousands of TIME_WAIT would take this machine's ports.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        if (abuse == Abuse.SLOW_READER) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        }
        int attempt = attempts.incrementAndGet();
        if (sources > 1) {
            channel.bind(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + attempt % sources)}), 0));
        }
        inside.incrementAndGet();
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, new Client());
        try {
            if (channel.connect(server)) {
                speak(key);
            }
        } catch (IOException e) {
            unanswered.incrementAndGet();
            drop(key);
        }
    }

    private void ready(SelectionKey key) {
        Client client = (Client) key.attachment();
        try {
            if (key.isConnectable()) {
                ((SocketChannel) key.channel()).finishConnect();
                speak(key);
            } else if (client.handshake != null) {
                shakeHands(key, client.handshake);
            } else if (key.isReadable()) {
                read(key, client, buffer.capacity());
            }
        } catch (IOException e) {
            unanswered.incrementAndGet();
            drop(key);
        }
    }

    private void speak(SelectionKey key) throws IOException {
        Client client = (Client) key.attachment();
        client.connected = true;
        if (tls != null) {
            client.handshake = new TlsHandshake(tls);
            key.interestOps(SelectionKey.OP_READ);
            shakeHands(key, client.handshake);
            return;
        }
        // A few bytes fit at once.
        ((SocketChannel) key.channel()).write(ByteBuffer.wrap(abuse.bytes()));
        if (leavesAtOnce) {
            drop(key);
        } else {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void shakeHands(SelectionKey key, TlsHandshake handshake) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        if (handshake.goOn(channel)) {
            if (abuse.bytes().length > 0) {
                handshake.write(channel, abuse.bytes());
            }
            ((Client) key.attachment()).handshake = null;
        }
    }

    private void read(SelectionKey key, Client client, int most) {
        buffer.clear().limit(most);
        int n;
        try {
            n = ((SocketChannel) key.channel()).read(buffer);
        } catch (IOException e) {
            n = -1;
        }
        if (!client.isIn && n > 0) {
            client.answer.append(new String(buffer.array(), 0, n, StandardCharsets.ISO_8859_1));
            if (!"HTTP/1.1 503".startsWith(client.answer.substring(0, Math.min(12, client.answer.length())))) {
                client.isIn = true;
                admitted.incrementAndGet();
                if (abuse == Abuse.SLOW_READER) {
                    key.interestOps(0);
                }
            }
        }
        boolean whole = !client.isIn && WHOLE_503.matcher(client.answer).matches();
        if (whole) {
            answered.incrementAndGet();
        } else if (n < 0 && !client.isIn) {
            unanswered.incrementAndGet();
        }
        if (whole || n < 0) {
            drop(key);
        }
    }

    private void drop(SelectionKey key) {
        key.cancel();
        inside.decrementAndGet();
        try {
            key.channel().close();
        } catch (IOException e) {
            trouble = e;
        }
    }

    /** Nobody comes any more, and nobody goes. */
    void stay() {
        clients = 0;
    }

    int refused() {
        return answered.get() + unanswered.get();
    }

    /** All of them go away. */
    void leave() throws IOException, InterruptedException {
        leaving = true;
        selector.wakeup();
        thread.join();
        if (selector.isOpen()) {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        }
    }

    @Override
    public String toString() {
        return abuse + (tls == null ? ": " : " over TLS: ") + attempts + " attempts, " + admitted + " admitted, "
                + answered + " read a whole 503, " + unanswered + " closed without; trouble: " + trouble.getMessage();
    }

    @Override
    public void close() throws IOException {
        try {
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
