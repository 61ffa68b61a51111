package io.tcpguard.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks one server for its health every half second, each time over a connection of its own, on a thread of its own. */
final class HealthChecker implements AutoCloseable {
    static final int PERIOD_MILLIS = 500;
    static final int TIMEOUT_MILLIS = 2_000;

    private final InetSocketAddress address;
    private final ControlEcho control;
    private final long startNanos;
    private final List<Check> checks = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @param startNanos what the checks' times count from, on {@link System#nanoTime} */
    HealthChecker(String name, InetSocketAddress address, ControlEcho control, long startNanos) {
        this.address = address;
        this.control = control;
        this.startNanos = startNanos;
        thread = new Thread(this::run, "health-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The checks that have ended, oldest first. */
    List<Check> checks() {
        synchronized (checks) {
            return List.copyOf(checks);
        }
    }

    private void run() {
        long period = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
        long next = System.nanoTime();
        while (!closed) {
            Check check = check();
            if (closed) {
                return;
            }
            synchronized (checks) {
                checks.add(check);
            }
            // A check that took longer than the period is followed by the next one at once.
            next = Math.max(next + period, System.nanoTime());
            long wait = next - System.nanoTime();
            while (wait > 0 && !closed) {
                LockSupport.parkNanos(wait);
                wait = next - System.nanoTime();
            }
        }
    }

    private Check check() {
        long begin = System.nanoTime();
        HealthAnswer answer;
        try {
            answer = HealthAnswer.parse(ask());
        } catch (IOException e) {
            answer = new HealthAnswer(Check.Outcome.NO_ANSWER, HealthAnswer.NO_LEVEL);
        }
        long end = System.nanoTime();
        return new Check(
                TimeUnit.NANOSECONDS.toMillis(begin - startNanos),
                answer.outcome(),
                TimeUnit.NANOSECONDS.toMicros(end - begin),
                answer.level(),
                control.worstMicros(begin, end));
    }

    private String ask() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: health\r\nUser-Agent: checker\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return answer(socket.getInputStream());
        }
    }

    /** Until the server closes, as asked, or the body is there: a few hundred bytes at most. */
    private static String answer(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] bytes = new byte[2048];
        int n = in.read(bytes);
        while (n > 0 && text.length() < 16_384) {
            text.append(new String(bytes, 0, n, StandardCharsets.US_ASCII));
            n = in.read(bytes);
        }
        return text.toString();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
