package io.tcpguard.examples.figures;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What became of connections that each asked one thing.
 *
 * @param answered by a whole 503
 * @param reset by a reset, or closed without an answer
 * @param silent nothing heard within the patience of a second
 * @param served with anything else than 503
 */
record Knocks(int answered, int reset, int silent, int served) {
    private static final int AT_ONCE = 16;
    private static final int PATIENCE_MILLIS = 1000;

    /** Refused, and told so. */
    int refused() {
        return answered + reset;
    }

    /** Connects this many times, a few at once, the next as soon as one is over, for a time at most. */
    static Knocks knock(InetSocketAddress server, int count, int mostSeconds) throws IOException, InterruptedException {
        AtomicInteger left = new AtomicInteger(count);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(mostSeconds);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Knocks>> parts = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                parts.add(threads.submit(() -> knockOn(server, left, end)));
            }
            Knocks sum = new Knocks(0, 0, 0, 0);
            for (Future<Knocks> part : parts) {
                sum = sum.plus(part.get());
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IOException("the client itself failed", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Knocks knockOn(InetSocketAddress server, AtomicInteger left, long end) {
        Knocks sum = new Knocks(0, 0, 0, 0);
        while (left.getAndDecrement() > 0 && System.nanoTime() - end < 0) {
            sum = sum.plus(once(server));
        }
        return sum;
    }

    Knocks plus(Knocks other) {
        return new Knocks(answered + other.answered, reset + other.reset, silent + other.silent, served + other.served);
    }

    private static Knocks once(InetSocketAddress server) {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(server, PATIENCE_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return heard(socket.getInputStream());
        } catch (SocketTimeoutException e) {
            return new Knocks(0, 0, 1, 0);
        } catch (IOException e) {
            return new Knocks(0, 1, 0, 0);
        }
    }

    /** The 503 of all servers here has no body: it is whole with its empty line. */
    private static Knocks heard(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        byte[] bytes = new byte[1024];
        int n = in.read(bytes);
        while (n >= 0) {
            head.append(new String(bytes, 0, n, StandardCharsets.US_ASCII));
            if (head.indexOf("\r\n\r\n") >= 0) {
                boolean refused = head.indexOf("HTTP/1.1 503 ") == 0;
                return refused ? new Knocks(1, 0, 0, 0) : new Knocks(0, 0, 0, 1);
            }
            n = in.read(bytes);
        }
        return new Knocks(0, 1, 0, 0);
    }
}
