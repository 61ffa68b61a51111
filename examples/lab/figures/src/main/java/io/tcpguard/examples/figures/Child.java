/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.examples.figures;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server in a process of its own, under a limit of descriptors. Ended by its own handle. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final Path log;
    private int port;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it; does not wait.
     *
     * @param transport for Netty's
     * @param descriptors that it may have
     * @param connections for those that want to be told how many they may hold
     * @param workMillis how long each request waits
     * @param directory where it runs and logs
     */
    static Child launch(
            Contestant contestant,
            Transport transport,
            int descriptors,
            int connections,
            int workMillis,
            Path directory)
            throws IOException {
        Path home = Files.createDirectories(directory.toAbsolutePath());
        Path log = home.resolve(contestant + ".log");
        List<String> command = List.of(
                "sh",
                "-c",
                "ulimit -n " + descriptors + " && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:-MaxFDLimit",
                "-cp",
                classPath(contestant),
                ServerMain.class.getName(),
                contestant.name(),
                Integer.toString(connections),
                Integer.toString(workMillis),
                transport.name());
        return new Child(
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                        .start(),
                log);
    }

    /** Netty is not there for the others: with its native transport the guard has one more way to look at a socket. */
    private static String classPath(Contestant contestant) {
        // The second is a jar of one line when tests run.
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(all.split(File.pathSeparator, -1))
                .filter(entry ->
                        contestant.netty() || !new File(entry).getName().startsWith("netty-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Waits until it serves.
     *
     * @throws IOException with its log, if it ends before
     */
    Child awaitReady() throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith("ready: port=")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the server did not start; its log, " + log + ":\n" + Files.readString(log));
        }
        port = Integer.parseInt(line.substring(line.indexOf('=') + 1));
        return this;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Descriptors open in it (proc_pid_fd(5)). */
    int descriptors() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc("fd"))) {
            for (Path unused : all) {
                count++;
            }
        }
        return count;
    }

    /** Processor time that it has used, its own and the kernel's for it, in seconds. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        // proc_pid_stat(5): the name, in brackets, may hold anything; utime and stime are fields 14 and 15, in ticks of
        // which Linux shows 100 a second to programs on every machine that Java 17 runs on.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private Path proc(String file) {
        return new File("/proc/" + process.pid() + "/" + file).toPath();
    }

    /** SIGKILL: it may be too full to hear anything else. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            output.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("figures: " + e);
        }
    }
}
