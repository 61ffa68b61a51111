/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import io.tcpguard.TcpGuard;
import io.tcpguard.internal.probe.HeldDescriptors;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A process that leaks. {@code survey DIRECTORY PORT} leaks some of each kind, then all that are left, and says what a
 * survey finds; {@code guard KIND DIRECTORY PORT} leaks one kind under a guard until it is killed, and says where its
 * health port is.
 */
final class LeakingChild {
    static final List<String> KINDS =
            List.of("files", "deleted", "scattered", "sockets", "pipes", "selectors", "inotify", "unconnected", "udp");
    private static final int SOME = 24;

    private final Path directory;
    private final int port;
    private final List<Object> held = new ArrayList<>();

    private LeakingChild(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    public static void main(String[] args) throws IOException {
        if (args[0].equals("survey")) {
            new LeakingChild(Path.of(args[1]), Integer.parseInt(args[2])).survey();
            return;
        }
        TcpGuard guard = TcpGuard.builder().healthPort(0).build().start();
        System.out.println(guard.healthPort());
        LeakingChild child = new LeakingChild(Path.of(args[2]), Integer.parseInt(args[3]));
        while (true) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            try {
                child.held.add(child.leak(args[1], child.held.size()));
            } catch (IOException e) {
                // All are taken.
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    private void survey() throws IOException {
        try (LinuxProbes probes = LinuxProbes.open()) {
            DescriptorSurvey survey = probes.survey();
            survey.take(TimeUnit.SECONDS.toNanos(5)).top(SurveyedDescriptors.NONE, 5);
            for (String kind : KINDS) {
                SurveyedDescriptors before = survey.take(TimeUnit.SECONDS.toNanos(5));
                for (int i = 0; i < SOME; i++) {
                    held.add(leak(kind, i));
                }
                tell(kind, survey, before);
                for (Object one : held) {
                    ((Closeable) one).close();
                }
                held.clear();
            }
            SurveyedDescriptors before = survey.take(TimeUnit.SECONDS.toNanos(5));
            long openAtMost = takeAll();
            tell("exhausted", survey, before);
            System.out.println("limit=" + (openAtMost >= probes.descriptors().limit() - 2));
        }
    }

    private long takeAll() {
        while (true) {
            try {
                held.add(new RandomAccessFile("/dev/null", "r"));
            } catch (IOException e) {
                return new java.io.File("/proc/self/fd").length();
            }
        }
    }

    private static void tell(String kind, DescriptorSurvey survey, SurveyedDescriptors before) {
        System.out.println(kind + "="
                + survey.take(TimeUnit.SECONDS.toNanos(5)).top(before, 5).stream()
                        .filter(h -> h.more() > 5)
                        .map(LeakingChild::words)
                        .collect(Collectors.joining(", ")));
    }

    private static String words(HeldDescriptors held) {
        return "+" + held.more() + " " + held.what();
    }

    private Closeable leak(String kind, int number) throws IOException {
        return switch (kind) {
            case "files" ->
                new RandomAccessFile(directory.resolve("log" + number).toFile(), "rw");
            case "deleted" -> {
                Path file = directory.resolve("gone" + number);
                RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
                Files.delete(file);
                yield open;
            }
            case "scattered" -> {
                Path own = Files.createDirectories(directory.resolve("job<" + number + ">"));
                yield new RandomAccessFile(own.resolve("out").toFile(), "rw");
            }
            case "sockets" -> new Socket(InetAddress.getLoopbackAddress(), port);
            case "pipes" -> {
                Pipe pipe = Pipe.open();
                yield () -> {
                    pipe.sink().close();
                    pipe.source().close();
                };
            }
            case "selectors" -> Selector.open();
            case "inotify" -> FileSystems.getDefault().newWatchService();
            case "unconnected" -> SocketChannel.open();
            default -> new DatagramSocket();
        };
    }
}
