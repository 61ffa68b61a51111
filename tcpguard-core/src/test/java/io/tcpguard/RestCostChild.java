/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard;

import io.tcpguard.config.Setting;
import io.tcpguard.spi.GuardedListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A guarded listener that nobody uses, and two threads that only wake, for a while. Child of {@link RestCostTest}. */
final class RestCostChild {
    private static final int EXECUTORS = 5;
    private static final int SETTLES = 2;

    private RestCostChild() {}

    /**
     * Runs in a JVM of its own. Prints for each thread: processor time in microseconds, and how often it woke, both in
     * all.
     *
     * @param args seconds of use, seconds to measure
     */
    public static void main(String[] args) throws IOException {
        ExecutorService[] executors = new ExecutorService[EXECUTORS];
        try (TcpGuard guard = TcpGuard.builder()
                        .set(Setting.SAMPLE_PERIOD, Duration.ofMillis(2))
                        .build()
                        .start();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            GuardedListener listener = guard.listen("plain", server.socket().getLocalPort(), () -> true);
            for (int i = 0; i < EXECUTORS; i++) {
                int number = i;
                executors[i] = Executors.newSingleThreadExecutor(task -> named(task, "worker-" + number));
                guard.watchWork("worker-" + i, executors[i]);
            }
            named(() -> wake(20), "wakes-50").start();
            named(() -> wake(500), "wakes-2").start();
            use(listener, Integer.parseInt(args[0]));
            pause(SETTLES);
            Map<String, long[]> before = threads();
            long start = System.nanoTime();
            pause(Integer.parseInt(args[1]));
            Map<String, long[]> after = threads();
            System.out.println("millis " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            after.forEach((name, now) -> {
                long[] then = before.getOrDefault(name, new long[2]);
                System.out.println(name + " " + (now[0] - then[0]) / 1000 + " " + (now[1] - then[1]));
            });
        } finally {
            for (ExecutorService executor : executors) {
                if (executor != null) {
                    executor.shutdown();
                }
            }
        }
    }

    /** Until the sampler's code is compiled as it is in a server that was used. */
    private static void use(GuardedListener listener, int seconds) {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds); System.nanoTime() - end < 0; ) {
            listener.accept(null);
            pauseNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static Thread named(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void wake(int millis) {
        while (true) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    private static void pause(int seconds) {
        pauseNanos(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static void pauseNanos(long nanos) {
        for (long end = System.nanoTime() + nanos; System.nanoTime() - end < 0; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** Of the kernel: time on a processor in nanoseconds, and voluntary switches. */
    private static Map<String, long[]> threads() throws IOException {
        Map<String, long[]> found = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                String name = Files.readString(task.resolve("comm")).strip();
                if (name.startsWith("tcpguard") || name.startsWith("wakes") || name.startsWith("worker")) {
                    long nanos = Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
                    long[] of = found.computeIfAbsent(name, any -> new long[2]);
                    of[0] += nanos;
                    of[1] += switches(task);
                }
            }
        }
        return found;
    }

    private static long switches(Path task) throws IOException {
        for (String line : Files.readAllLines(task.resolve("status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
                return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        throw new IOException("no voluntary_ctxt_switches in " + task);
    }
}
