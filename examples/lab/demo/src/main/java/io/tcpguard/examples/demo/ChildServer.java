/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A login server as a child JVM under a small descriptor limit, soft and hard. Ended by its own handle. */
final class ChildServer implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("(?m)^ready: \\w+ port=(\\d+) health-port=(-?\\d+) ");
    private static final long START_SECONDS = 60;

    private final Process process;
    private final Path log;
    private int port;
    private int healthPort;

    private ChildServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it; does not wait.
     *
     * @param limit descriptors that it may have
     * @param log where its output goes
     */
    static ChildServer launch(Path jar, int limit, List<String> options, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "ulimit -n " + limit + " && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:-MaxFDLimit",
                "-jar",
                jar.toString()));
        command.addAll(options);
        Files.createDirectories(log.toAbsolutePath().getParent());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile())
                .start();
        return new ChildServer(process, log);
    }

    /**
     * Waits until it serves and its health is up: no load balancer sends clients before.
     *
     * @throws IOException with the end of its output, if that does not come
     */
    void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() - deadline < 0) {
            Matcher ready = READY.matcher(Files.readString(log));
            if (ready.find()) {
                port = Integer.parseInt(ready.group(1));
                healthPort = Integer.parseInt(ready.group(2));
                if (HealthAnswer.from(healthAddress()).outcome() == Check.Outcome.UP) {
                    return;
                }
            }
            Thread.sleep(100);
        }
        throw new IOException("the server did not start; its output, in " + log + ":\n" + Files.readString(log));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Where its health is asked: the health port, or the main port if it has none. */
    InetSocketAddress healthAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), healthPort > 0 ? healthPort : port);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Descriptors open in it (proc_pid_fd(5)); -1 if it is gone. */
    int descriptors() {
        int count = 0;
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path unused : all) {
                count++;
            }
            return count;
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return -1;
        }
    }

    /** Lines of its output that say that it had no descriptor left (errno EMFILE). */
    long emfileLines() throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("Too many open files")).count();
        }
    }

    /** SIGTERM; SIGKILL if it is still there after five seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
