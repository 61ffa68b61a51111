/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.internal.linux;

import com.sun.management.ThreadMXBean;
import io.tcpguard.internal.probe.Probe;
import io.tcpguard.signal.Census;
import io.tcpguard.signal.Reading;
import io.tcpguard.signal.TcpState;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own for what can't be done to the one that runs the tests. One command a line, one line of answer.
 */
final class ProbeChild {
    private static final int MOST_PROBES = 16;

    private static final long RATES_KNOWN_AFTER_NANOS = 200_000_000L;

    private final ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    private final Deque<RandomAccessFile> held = new ArrayDeque<>();
    private final List<ServerSocket> listeners = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Probe> all = new ArrayList<>();
    private final Reading[] readings = new Reading[MOST_PROBES];
    private LinuxProbes probes = LinuxProbes.open();
    private long fallbackClock;

    /** A class of its own, since all else here runs without Netty, too. */
    private @Nullable GuardedConnects guarded;

    /** What an older kernel leaves: a directory without a size. Each look is two seconds later. */
    private final DescriptorCount fallback =
            new ProcDescriptors(new File("/nowhere"), JdkDescriptors.open(), () -> fallbackClock += 2_000_000_000L);

    private ProbeChild() {
        useProbes();
    }

    public static void main(String[] args) throws IOException {
        ProbeChild child = new ProbeChild();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = child.obey(line.split(" "));
            } catch (IOException e) {
                answer = "failed " + e;
            }
            System.out.println("> " + answer.replace('\n', ' '));
        }
        System.exit(0);
    }

    private String obey(String[] words) throws IOException {
        return switch (words[0]) {
            case "listen" -> listen(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "unlisten" -> unlisten();
            case "guard" -> guard();
            case "connectby" -> guarded().connectBy(words[1], Integer.parseInt(words[2]));
            case "guarded" ->
                text(guarded().state(words[1]).reading()) + " "
                        + guarded().state(words[1]).level();
            case "connect" -> connect(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "accept" -> acceptAndClose(Integer.parseInt(words[1]));
            case "hangup" -> hangUp();
            case "exhaust" -> exhaust();
            case "release" -> release();
            case "reopen" -> reopen();
            case "interrupt" -> interrupt();
            case "read" -> read(words[1], words.length > 2 ? Long.parseLong(words[2]) : System.nanoTime());
            case "allocates" -> "" + allocates(words[1]);
            case "fallback" -> fallback.used() + " of " + fallback.limit();
            case "counts" -> "" + probes.counts();
            case "census" -> census();
            case "how" -> how();
            case "readall" -> readAll(Integer.parseInt(words[1]));
            default -> "unknown " + words[0];
        };
    }

    private String guard() {
        guarded = new GuardedConnects();
        return "started";
    }

    private GuardedConnects guarded() {
        return Objects.requireNonNull(guarded);
    }

    private String listen(int port, int backlog) throws IOException {
        ServerSocket listener = new ServerSocket(port, backlog, InetAddress.getLoopbackAddress());
        listeners.add(listener);
        if (port == 0) {
            all.add(probes.acceptQueue(listener.getLocalPort(), backlog, now -> false));
        }
        return "" + listener.getLocalPort();
    }

    private String unlisten() throws IOException {
        listeners.remove(0).close();
        return "closed";
    }

    /** Answers how many got through, and what stopped the next one. */
    private String connect(int port, int count) {
        int through = 0;
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                sockets.add(socket);
                through++;
            } catch (IOException e) {
                closeQuietly(socket);
                if (i == count - 1) {
                    return through + " " + e.getClass().getSimpleName() + " " + e.getMessage();
                }
            }
        }
        return through + " -";
    }

    /** Accepts and closes first, so that TIME_WAIT is this side's; then the clients close. */
    private String acceptAndClose(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            listeners.get(0).accept().close();
        }
        return hangUp();
    }

    private String hangUp() {
        sockets.forEach(ProbeChild::closeQuietly);
        sockets.clear();
        return "closed";
    }

    /**
     * The JVM itself holds a descriptor for an instant now and then; what it gives back is taken too, until nothing is.
     */
    private String exhaust() {
        int inVain = 0;
        while (inVain < 50) {
            try {
                held.push(new RandomAccessFile("/dev/null", "r"));
                inVain = 0;
            } catch (IOException e) {
                inVain++;
                LockSupport.parkNanos(1_000_000);
            }
        }
        return "none left";
    }

    private String release() throws IOException {
        while (!held.isEmpty()) {
            held.pop().close();
        }
        return "released";
    }

    private String reopen() {
        probes.close();
        all.clear();
        probes = LinuxProbes.open();
        useProbes();
        return "reopened";
    }

    private void useProbes() {
        all.add(probes.everySample());
        all.addAll(probes.everyCounterPeriod());
    }

    private String interrupt() {
        Thread.currentThread().interrupt();
        readAllQuietly();
        boolean stillInterrupted = Thread.interrupted();
        return "" + stillInterrupted;
    }

    private String read(String signal, long nowNanos) {
        return text(probe(signal).read(nowNanos));
    }

    /**
     * Reads everything that often; answers what the last round said, after the classes loaded and descriptors opened by
     * it.
     */
    private String readAll(int rounds) {
        DescriptorCount descriptors = probes.descriptors();
        long classesBefore = classes.getTotalLoadedClassCount();
        long descriptorsBefore = descriptors.used();
        long start = System.nanoTime();
        // A rate is there once the first look is old enough, however fast the looks are.
        for (int i = 0; i < rounds || System.nanoTime() - start < RATES_KNOWN_AFTER_NANOS; i++) {
            readAllQuietly();
        }
        long descriptorsAfter = descriptors.used();
        long classesAfter = classes.getTotalLoadedClassCount();
        boolean noneLeft = false;
        try {
            new RandomAccessFile(new File("/dev/null"), "r").close();
        } catch (IOException e) {
            noneLeft = true;
        }
        StringBuilder answer = new StringBuilder();
        answer.append("classes=").append(classesAfter - classesBefore);
        answer.append(" descriptors=").append(descriptorsAfter - descriptorsBefore);
        answer.append(" noneLeft=").append(noneLeft);
        for (int i = 0; i < all.size(); i++) {
            answer.append(" | ").append(text(readings[i]));
        }
        return answer.toString();
    }

    /** Bytes that ten thousand reads allocate once everything is linked and compiled. */
    private long allocates(String signal) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 10 && least > 0; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                probe(signal).read(i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private String census() {
        Census census = probes.census().takeWithHalfOpen(60_000_000_000L);
        return "LISTEN " + census.in(TcpState.LISTEN) + " SYN_RECV " + census.in(TcpState.SYN_RECV) + " complete "
                + census.complete() + census.trouble();
    }

    /** What asks sockets here. */
    private static String how() {
        SocketCalls calls = SocketCalls.choose();
        return calls == null ? "nothing" : calls.getClass().getSimpleName();
    }

    private Probe probe(String signal) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).signal().name().equals(signal)) {
                return all.get(i);
            }
        }
        throw new IllegalArgumentException(signal);
    }

    private void readAllQuietly() {
        long now = System.nanoTime();
        for (int i = 0; i < all.size(); i++) {
            readings[i] = all.get(i).read(now);
        }
    }

    private static String text(Reading reading) {
        StringBuilder text = new StringBuilder().append(reading.signal().name()).append(' ');
        if (reading instanceof Reading.Measured measured) {
            return text.append(measured.used())
                    .append(" of ")
                    .append(measured.limit())
                    .toString();
        }
        Reading.Unavailable missing = (Reading.Unavailable) reading;
        return text.append(missing.cause().name())
                .append(' ')
                .append(missing.detail())
                .toString();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
