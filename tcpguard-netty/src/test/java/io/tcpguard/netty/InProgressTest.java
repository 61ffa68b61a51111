/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tcpguard.testkit.SelfSigned;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server at its threshold, with newcomers all the time: whatever is in progress there for four idle floors goes on.
 * Each client runs to the end of what it wants, or tells how it was cut.
 */
@Timeout(120)
class InProgressTest {
    private static final int DESCRIPTORS = 256;
    private static final int EACH = 4;
    private static final long HOLD_MILLIS = 4 * Service.FLOOR_MILLIS;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch handshakes = new CountDownLatch(2 * EACH);
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void isNeverIdle() throws Exception {
        isNeverIdleOn(Transport.EPOLL);
    }

    @Tag("long")
    @Test
    void isNeverIdleOnNio() throws Exception {
        isNeverIdleOn(Transport.NIO);
    }

    private void isNeverIdleOn(Transport transport) throws Exception {
        try (ManyPortsChild server = new ManyPortsChild(
                DESCRIPTORS,
                transport,
                "idleFloor=" + Service.FLOOR_MILLIS + "ms",
                "silentFloor=30s",
                "fairness=false",
                "maxWorkDelay=30s",
                "stalledAfter=120s",
                "evictionsPerSecond=100")) {
            Map<String, List<Future<?>>> cases = new TreeMap<>();
            for (int i = 0; i < EACH; i++) {
                start(cases, "file over TLS", () -> file(tls(server.port(Service.FILE_TLS), Integer.MAX_VALUE)));
                start(cases, "quiet stream after a long handshake", () -> quietStream(server.port(Service.ALPN)));
            }
            assertThat(handshakes.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < EACH; i++) {
                start(cases, "late upload", () -> upload(server.port(Service.READS_LATE), 200_000));
                start(cases, "slow upload", () -> upload(server.port(Service.READS_SLOWLY), 200_000));
                start(cases, "late upload, Reactor", () -> upload(server.reactorPort(), 200_000));
                start(cases, "two pieces, late", () -> twoPieces(server.port(Service.READS_LATE), 300));
                start(cases, "two pieces, Reactor", () -> twoPieces(server.reactorPort(), 300));
                start(cases, "expect", () -> expect(server.port(Service.HTTP1)));
                start(cases, "late answer", () -> get(server.port(Service.ANSWERS_LATE)));
                start(cases, "both ways", () -> bothWays(server.port(Service.BOTH_WAYS)));
                start(cases, "file region", () -> file(connect(server.port(Service.FILE_REGION), 16_384)));
                start(cases, "file in chunks", () -> file(connect(server.port(Service.FILE_CHUNKED), 16_384)));
                start(cases, "file over HTTP/2", () -> fileHttp2(server.port(Service.FILE_HTTP2)));
                start(cases, "tunnel", () -> tunnel(server.port(Service.HTTP1)));
                start(cases, "push", () -> listen(server.port(Service.PUSH), "SUB\n"));
                start(cases, "push, framed", () -> listen(server.port(Service.PUSH_FRAMED), "SUB\n"));
                start(cases, "own codec", () -> get(server.port(Service.OWN_CODEC)));
                start(cases, "own codec, made late", () -> get(server.port(Service.OWN_CODEC_LATE)));
                start(cases, "own codec, upload", () -> upload(server.port(Service.OWN_CODEC_LATE), 5));
                start(
                        cases,
                        "own codec over TLS, ends late",
                        () -> endsLate(tls(server.port(Service.OWN_CODEC_TLS), Integer.MAX_VALUE)));
                start(cases, "WebSocket", () -> webSocket(server.port(Service.WEBSOCKET)));
                start(cases, "WebSocket, deflated", () -> webSocket(server.port(Service.WEBSOCKET_DEFLATE)));
                start(
                        cases,
                        "speaks first over TLS",
                        () -> listen(tls(server.port(Service.TLS_SPEAKS_FIRST), Integer.MAX_VALUE), ""));
                start(cases, "speaks first", () -> listen(server.port(Service.SPEAKS_FIRST), ""));
            }
            start(cases, "body in two pieces", () -> twoPieces(server.port(Service.HTTP1), HOLD_MILLIS));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));

            AtomicInteger served = new AtomicInteger();
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS + 1_000);
            while (System.nanoTime() < end) {
                // Newcomers stay, idle, and make room for each other.
                for (int i = 0; i < 6; i++) {
                    threads.execute(() -> newcomer(server.port(Service.HTTP1), served));
                }
                LockSupport.parkNanos(100_000_000);
            }

            Map<String, List<String>> cut = new TreeMap<>();
            for (Map.Entry<String, List<Future<?>>> one : cases.entrySet()) {
                for (Future<?> client : one.getValue()) {
                    try {
                        client.get();
                    } catch (ExecutionException e) {
                        cut.computeIfAbsent(one.getKey(), k -> new ArrayList<>())
                                .add(String.valueOf(e.getCause()));
                    }
                }
            }
            long[] numbers = server.numbers();
            String log = server.log();
            System.out.printf(
                    "%s: newcomers %s, evicted %d, refused %d, cut %s%n",
                    transport, served, numbers[0], numbers[1], cut);
            assertThat(cut).as(log).isEmpty();
            assertThat(served).as("newcomers").hasValueGreaterThanOrEqualTo(50);
            assertThat(numbers[0])
                    .as("idle newcomers that gave way, of %s that were served: %s", served, log)
                    .isGreaterThanOrEqualTo(20);
            assertThat(log).doesNotContain("unguarded", "Exception");
        }
    }

    private void start(Map<String, List<Future<?>>> cases, String name, Callable<Void> client) {
        cases.computeIfAbsent(name, k -> new ArrayList<>()).add(threads.submit(client));
    }

    private void newcomer(int port, AtomicInteger served) {
        try {
            get(port);
            served.incrementAndGet();
        } catch (IOException refused) {
            // It is one of too many.
        }
    }

    private Void get(int port) throws IOException {
        Socket client = connect(port, 0);
        write(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        return ok(client);
    }

    private Void upload(int port, int bytes) throws IOException {
        Socket client = connect(port, 0);
        write(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
        client.getOutputStream().write(new byte[bytes]);
        return ok(client);
    }

    private Void twoPieces(int port, long pauseMillis) throws IOException {
        Socket client = connect(port, 0);
        write(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
        client.getOutputStream().write(new byte[50]);
        pause(pauseMillis);
        client.getOutputStream().write(new byte[50]);
        return ok(client);
    }

    private Void expect(int port) throws IOException {
        Socket client = connect(port, 0);
        write(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assertThat(readHead(client.getInputStream())).contains(" 100 ");
        write(client, "hello");
        return ok(client);
    }

    private Void bothWays(int port) throws IOException {
        Socket client = connect(port, 0);
        write(client, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        assertThat(readHead(client.getInputStream())).contains(" 200 ");
        pause(HOLD_MILLIS);
        write(client, "0\r\n\r\n");
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return null;
    }

    private Void file(Socket client) throws IOException {
        write(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        InputStream in = client.getInputStream();
        assertThat(readHead(in)).contains(" 200 ");
        slowly(in, Service.FILE_BYTES);
        return null;
    }

    /** Takes this many bytes in {@link #HOLD_MILLIS}. */
    private static void slowly(InputStream in, int bytes) throws IOException {
        long begin = System.nanoTime();
        int steps = 40;
        for (int i = 1; i <= steps; i++) {
            if (in.readNBytes(bytes / steps).length < bytes / steps) {
                throw new EOFException("in step " + i);
            }
            long ahead = begin + TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS * i / steps) - System.nanoTime();
            LockSupport.parkNanos(Math.max(0, ahead));
        }
        int rest = bytes % steps;
        if (in.readNBytes(rest).length < rest) {
            throw new EOFException("in the rest");
        }
    }

    /** With windows as large as the file, so that the server writes all of it at once. */
    private Void fileHttp2(int port) throws IOException {
        Socket client = connect(port, 16_384);
        ByteBuffer first = ByteBuffer.allocate(256);
        first.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        first.put(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4}).putInt(1 << 30);
        first.put(new byte[] {0, 0, 4, 8, 0, 0, 0, 0, 0}).putInt(1 << 29);
        first.put(new byte[] {0, 0, 3, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84});
        client.getOutputStream().write(first.array(), 0, first.position());
        DataInputStream in = new DataInputStream(client.getInputStream());
        long begin = System.nanoTime();
        int taken = 0;
        while (taken < Service.FILE_BYTES) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.readFully(new byte[5 + length]);
            assertThat(type).isNotIn(3, 7);
            if (type == 0) {
                taken += length;
                long ahead = begin
                        + TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS * taken / Service.FILE_BYTES)
                        - System.nanoTime();
                LockSupport.parkNanos(Math.max(0, ahead));
            }
        }
        return null;
    }

    private Void tunnel(int port) throws IOException {
        Socket client = connect(port, 0);
        write(client, "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(readHead(client.getInputStream())).contains(" 200 ");
        pause(HOLD_MILLIS);
        write(client, "x");
        assertThat(client.getInputStream().read()).isEqualTo('x');
        return null;
    }

    private Void endsLate(Socket client) throws IOException {
        write(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(readHead(client.getInputStream())).contains(" 200 ");
        assertThat(client.getInputStream().readNBytes(5)).isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return null;
    }

    private Void webSocket(int port) throws IOException {
        Socket client = connect(port, 0);
        write(
                client,
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        assertThat(readHead(client.getInputStream())).contains(" 101 ");
        pause(HOLD_MILLIS);
        // A masked text frame, and its echo.
        client.getOutputStream().write(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'});
        assertThat(client.getInputStream().read() & 0xF).isEqualTo(1);
        return null;
    }

    private Void listen(int port, String word) throws IOException {
        return listen(connect(port, 0), word);
    }

    private Void listen(Socket client, String word) throws IOException {
        write(client, word);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS);
        while (System.nanoTime() < end) {
            if (client.getInputStream().read() < 0) {
                throw new EOFException();
            }
        }
        return null;
    }

    private Void quietStream(int port) throws IOException, GeneralSecurityException {
        SSLSocket client = (SSLSocket) tls(port, 40);
        assertThat(client.getApplicationProtocol()).isEqualTo("h2");
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        first.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        first.writeBytes(new byte[] {0, 0, 3, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84});
        client.getOutputStream().write(first.toByteArray());
        pause(HOLD_MILLIS);
        // A PING, and its answer.
        client.getOutputStream().write(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
        DataInputStream in = new DataInputStream(client.getInputStream());
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.readFully(new byte[5 + length]);
            assertThat(type).isNotIn(3, 7);
            if (type == 6) {
                return null;
            }
        }
    }

    private Socket tls(int port, int piece) throws IOException, GeneralSecurityException {
        Socket plain = new InPieces(piece);
        plain.setSoTimeout(30_000);
        plain.setTcpNoDelay(true);
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
        SSLSocket client =
                (SSLSocket) SelfSigned.trusting().getSocketFactory().createSocket(plain, "localhost", port, true);
        synchronized (sockets) {
            sockets.add(client);
        }
        SSLParameters parameters = client.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        client.setSSLParameters(parameters);
        client.startHandshake();
        handshakes.countDown();
        return client;
    }

    private Socket connect(int port, int receiveBuffer) throws IOException {
        Socket client = ManyPortsChild.connect(port, receiveBuffer);
        synchronized (sockets) {
            sockets.add(client);
        }
        return client;
    }

    private static Void ok(Socket client) throws IOException {
        String head = readHead(client.getInputStream());
        if (!head.contains(" 200 ")) {
            throw new IOException(head);
        }
        return null;
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("after " + head);
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Sends no more than so many bytes in one segment. */
    private static final class InPieces extends Socket {
        private final int piece;

        InPieces(int piece) {
            this.piece = piece;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    for (int i = 0; i < length; i += piece) {
                        out.write(bytes, from + i, Math.min(piece, length - i));
                        if (piece < length) {
                            LockSupport.parkNanos(2_000_000);
                        }
                        if (i > Integer.MAX_VALUE - piece) {
                            return;
                        }
                    }
                }
            };
        }
    }
}
